package dev.touchstone.generation;

/**
 * The rule of speculative sampling. A token {@code x} with probability {@code q(x)} in the draft and {@code p(x)} in the target
 * model is accepted with probability {@code min(1, p(x) / q(x))}. If it is rejected, another token is sampled from
 * {@code max(0, p - q)}, normalized. The resulting token has the distribution {@code p} (Leviathan et al., 2023, appendix A.1).
 */
public interface Verification {
    Verification EXACT = new Verification() {};

    /** Whether the drafted token is accepted, by a random number from [0, 1). (V), (V) */
    default boolean keeps(int id, double[] p, double[] q, double random) {
        return random * q[id] < p[id]; // strictly less: a token with p = 0 is never accepted
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
