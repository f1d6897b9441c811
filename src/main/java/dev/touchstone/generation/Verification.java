package dev.touchstone.generation;

/**
 * The rule of speculative sampling. A token {@code x} that was drafted with probability {@code q(x)}, and that the target
 * picks with {@code p(x)}, is kept with probability {@code min(1, p(x) / q(x))}; if it is not, another is sampled from
 * {@code max(0, p - q)}, brought to sum 1. Together that is a draw from {@code p} (Leviathan et al., 2023, appendix A.1).
 */
public interface Verification {
    Verification EXACT = new Verification() {};

    /** Whether the drafted token stays, by a random number from [0, 1). (V), (V) */
    default boolean keeps(int id, double[] p, double[] q, double random) {
        return random * q[id] < p[id]; // strictly: what the target never picks is never kept
    }

    /** The residual distribution, {@code max(0, p - q)} normalized, that replaces a rejected token. (V), (V) -> (V) */
    default double[] residual(double[] p, double[] q) {
        double[] rest = new double[p.length];
        double sum = 0;
        for (int v = 0; v < p.length; v++) {
            rest[v] = Math.max(0, p[v] - q[v]);
            sum += rest[v];
        }
        if (sum == 0) {
            return p; // p = q up to rounding
        }
        for (int v = 0; v < p.length; v++) {
            rest[v] /= sum;
        }
        return rest;
    }
}
