package dev.touchstone.parity;

import dev.touchstone.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The next-token distributions of one prompt. They are reported only; no test depends on them, because many bugs change them
 * too little.
 *
 * @param divergence the largest Kullback-Leibler divergence of a position's distribution from the float64 one, in nats
 * @param sameArgmax the number of positions where both have the same most likely token
 * @param ours the most likely tokens after the last position, by our logits
 * @param truth the same by the float64 logits
 */
public record Predictions(double divergence, int sameArgmax, int positions, List<Candidate> ours, List<Candidate> truth)
        implements Serializable {
    private static final int CANDIDATES = 5;

    public record Candidate(int id, double probability) implements Serializable {}

    static Predictions of(Tensor logits, double[] expected) {
        int vocabulary = logits.size(-1);
        int positions = logits.rows();
        double divergence = 0;
        int same = 0;
        double[] p = {};
        double[] q = {};
        for (int t = 0; t < positions; t++) {
            p = softmax(Arrays.copyOfRange(expected, t * vocabulary, (t + 1) * vocabulary));
            q = softmax(IntStream.range(t * vocabulary, (t + 1) * vocabulary)
                    .mapToDouble(i -> logits.data()[i])
                    .toArray());
            double nats = 0;
            for (int v = 0; v < vocabulary; v++) {
                nats += p[v] == 0 ? 0 : p[v] * Math.log(p[v] / q[v]);
            }
            boolean valid = !Double.isNaN(nats); // logits with NaN
            divergence = Math.max(divergence, valid ? nats : Double.POSITIVE_INFINITY);
            same += valid && top(p, 1).get(0).id == top(q, 1).get(0).id ? 1 : 0;
        }
        return new Predictions(divergence, same, positions, top(q, CANDIDATES), top(p, CANDIDATES));
    }

    private static double[] softmax(double[] logits) {
        double max = Arrays.stream(logits).max().orElseThrow();
        double[] powers =
                Arrays.stream(logits).map(x -> StrictMath.exp(x - max)).toArray();
        double sum = Arrays.stream(powers).sum();
        return Arrays.stream(powers).map(x -> x / sum).toArray();
    }

    private static List<Candidate> top(double[] probabilities, int count) {
        return IntStream.range(0, probabilities.length)
                .mapToObj(id -> new Candidate(id, probabilities[id]))
                .sorted(Comparator.comparingDouble((Candidate candidate) -> -candidate.probability))
                .limit(count)
                .toList();
    }
}
