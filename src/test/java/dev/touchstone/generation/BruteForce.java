package dev.touchstone.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Implements the processors by their definitions, in double, for vocabularies of up to a dozen tokens. Throws {@link Unclear}
 * if a value is within {@value #CLEAR} of a threshold, because the result would depend on rounding.
 */
public final class BruteForce {
    private static final double CLEAR = 1e-5;

    /** The result depends on rounding. */
    public static final class Unclear extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private BruteForce() {}

    /** Keeps each token whose score is exceeded by fewer than {@code k} tokens. */
    public static boolean[] topK(float[] scores, int k) {
        boolean[] kept = new boolean[scores.length];
        for (int v = 0; v < scores.length; v++) {
            int better = 0;
            for (float score : scores) {
                better += score > scores[v] ? 1 : 0;
            }
            kept[v] = better < k;
        }
        return kept;
    }

    /**
     * Keeps the smallest set of tokens whose probabilities sum to at least {@code p}; of several such sets the most likely
     * one; of equally likely sets the one with the last tokens.
     */
    public static boolean[] topP(float[] scores, double p) {
        double[] probabilities = probabilities(scores);
        int best = 0;
        double most = 0;
        for (int set = 1; set < 1 << scores.length; set++) {
            double mass = 0;
            for (int v = 0; v < scores.length; v++) {
                mass += (set >> v & 1) * probabilities[v];
            }
            requireClear(mass - p);
            int size = Integer.bitCount(set);
            int fewest = Integer.bitCount(best);
            boolean better = best == 0 || size < fewest || size == fewest && mass > most - 1e-12;
            if (mass >= p && better) {
                best = set;
                most = mass;
            }
        }
        boolean[] kept = new boolean[scores.length];
        for (int v = 0; v < scores.length; v++) {
            kept[v] = (best >> v & 1) == 1;
        }
        return kept;
    }

    /** Keeps each token that is at least {@code p} times as likely as every other token. */
    public static boolean[] minP(float[] scores, double p) {
        double[] probabilities = probabilities(scores);
        boolean[] kept = new boolean[scores.length];
        for (int v = 0; v < scores.length; v++) {
            kept[v] = true;
            for (double other : probabilities) {
                requireClear(probabilities[v] / other - p);
                kept[v] &= probabilities[v] >= p * other;
            }
        }
        return kept;
    }

    /** Keeps each token unless the tokens whose information is nearer to the entropy sum to {@code p} or more. */
    public static boolean[] typicalP(float[] scores, double p) {
        double[] probabilities = probabilities(scores);
        double entropy = 0;
        for (double probability : probabilities) {
            entropy -= probability * Math.log(probability);
        }
        boolean[] kept = new boolean[scores.length];
        for (int v = 0; v < scores.length; v++) {
            double nearer = 0;
            for (int u = 0; u < scores.length; u++) {
                double difference = Math.abs(-Math.log(probabilities[u]) - entropy)
                        - Math.abs(-Math.log(probabilities[v]) - entropy);
                if (scores[u] != scores[v]) {
                    requireClear(difference);
                    nearer += difference < 0 ? probabilities[u] : 0;
                }
            }
            requireClear(nearer - p);
            kept[v] = nearer < p;
        }
        return kept;
    }

    public static float[] temperature(float[] scores, double temperature) {
        float[] scaled = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            scaled[v] = (float) (scores[v] / (double) (float) temperature);
        }
        return scaled;
    }

    public static float[] repetitionPenalty(int[] ids, float[] scores, double penalty) {
        double factor = (float) penalty;
        float[] penalized = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            int token = v;
            boolean repeated = Arrays.stream(ids).anyMatch(id -> id == token);
            penalized[v] =
                    !repeated ? scores[v] : (float) (scores[v] < 0 ? (double) scores[v] * factor : scores[v] / factor);
        }
        return penalized;
    }

    /** Keeps each token that does not repeat an n-gram of {@code size} tokens. */
    public static boolean[] noRepeatNgram(int[] ids, int vocabulary, int size) {
        boolean[] kept = new boolean[vocabulary];
        for (int v = 0; v < vocabulary; v++) {
            List<List<Integer>> runs = new ArrayList<>();
            List<Integer> longer = new ArrayList<>(Arrays.stream(ids).boxed().toList());
            longer.add(v);
            for (int from = 0; from + size <= longer.size(); from++) {
                runs.add(longer.subList(from, from + size));
            }
            kept[v] = runs.isEmpty() || runs.indexOf(runs.get(runs.size() - 1)) == runs.size() - 1;
        }
        return kept;
    }

    /** Sets the scores of tokens that are not kept to {@code -inf}. */
    public static float[] keep(float[] scores, boolean[] kept) {
        float[] filtered = scores.clone();
        for (int v = 0; v < scores.length; v++) {
            filtered[v] = kept[v] ? scores[v] : Float.NEGATIVE_INFINITY;
        }
        return filtered;
    }

    /** Softmax by its definition, {@code exp(x) / sum(exp(x))}. */
    public static double[] probabilities(float[] scores) {
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        double[] probabilities = new double[scores.length];
        for (int v = 0; v < scores.length; v++) {
            probabilities[v] = Math.exp(scores[v]) / sum;
        }
        return probabilities;
    }

    private static void requireClear(double difference) {
        if (Math.abs(difference) < CLEAR) {
            throw new Unclear();
        }
    }
}
