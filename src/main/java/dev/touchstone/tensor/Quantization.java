package dev.touchstone.tensor;

/**
 * How the weights of a matrix are quantised: consecutive inputs of an output share a scale, and a minimum if there are any.
 *
 * @param group the number of inputs that share a scale, 16 or 32
 * @param hasMinima whether each group has a minimum too, which is subtracted
 */
public record Quantization(int group, boolean hasMinima) {
    public Quantization {
        if (group != 16 && group != 32) {
            throw new IllegalArgumentException("groups of " + group + " inputs, expected 16 or 32");
        }
    }

    /** The number of groups of so many inputs. */
    public int groups(int inputs) {
        return (inputs + group - 1) / group;
    }

    /** The binary logarithm of the group's size. */
    public int log2Group() {
        return Integer.numberOfTrailingZeros(group);
    }

    /** The mean number of bytes of a weight in memory, scales and minima included. */
    public double bytes() {
        return 1 + (hasMinima ? 2.0 : 1.0) * Float.BYTES / group;
    }
}
