package dev.touchstone.tensor;

/** The memory for the keys and values of one layer at {@value KeyValuePages#POSITIONS} positions. */
public class KeyValuePage {
    final float[] keys;
    final float[] values;

    /** @param channels key-value heads times channels of a head, G D */
    public KeyValuePage(int channels) {
        keys = new float[channels * KeyValuePages.POSITIONS];
        values = new float[channels * KeyValuePages.POSITIONS];
    }

    /** The memory of a page, in bytes. */
    public static long bytes(int channels) {
        return 2L * channels * KeyValuePages.POSITIONS * Float.BYTES;
    }
}
