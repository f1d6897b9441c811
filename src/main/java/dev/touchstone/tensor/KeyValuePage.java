package dev.touchstone.tensor;

/** The memory for the keys and values of one layer at {@value KeyValuePages#POSITIONS} positions. */
public class KeyValuePage {
    final float[] keys;
    final float[] values;

    public KeyValuePage(KeyValueShape shape) {
        keys = new float[shape.keys() * KeyValuePages.POSITIONS];
        values = new float[shape.values() * KeyValuePages.POSITIONS];
    }
}
