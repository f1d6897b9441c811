package dev.touchstone.tensor;

/**
 * The sizes of the keys and values of one layer.
 *
 * @param heads number of key-value heads, G
 * @param keySize channels of a key, D
 * @param valueSize channels of a value, E; D in most models
 */
public record KeyValueShape(int heads, int keySize, int valueSize) {
    /** Values of the size of keys. */
    public KeyValueShape(int heads, int headSize) {
        this(heads, headSize, headSize);
    }

    /** Channels of the keys of all heads. */
    public int keys() {
        return heads * keySize;
    }

    /** Channels of the values of all heads. */
    public int values() {
        return heads * valueSize;
    }

    /** The memory of {@value KeyValuePages#POSITIONS} positions, in bytes. */
    public long pageBytes() {
        return (long) (keys() + values()) * KeyValuePages.POSITIONS * Float.BYTES;
    }
}
