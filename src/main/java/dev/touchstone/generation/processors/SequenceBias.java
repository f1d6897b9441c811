package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds a bias to the score of a token that would complete a sequence of tokens. A bias of {@code -inf} excludes the sequence.
 * Hugging Face's {@code SequenceBiasLogitsProcessor}, and its subclass {@code NoBadWordsLogitsProcessor}.
 *
 * @param biases a bias for each sequence of one or more tokens
 */
public record SequenceBias(Map<List<Integer>, Double> biases) implements LogitsProcessor {
    public SequenceBias {
        Map<List<Integer>, Double> copy = new LinkedHashMap<>();
        biases.forEach((sequence, bias) -> copy.put(List.copyOf(sequence), bias));
        biases = copy;
        if (biases.isEmpty() || biases.containsKey(List.<Integer>of())) {
            throw new TouchstoneException("a sequence bias needs sequences of at least one token each");
        }
    }

    /** Excludes sequences of tokens. */
    public static SequenceBias forbid(List<List<Integer>> sequences) {
        Map<List<Integer>, Double> biases = new LinkedHashMap<>();
        sequences.forEach(sequence -> biases.put(sequence, Double.NEGATIVE_INFINITY));
        return new SequenceBias(biases);
    }

    /** The biases of one token are summed first, those of single tokens before the others. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] sums = new float[scores.length];
        biases.forEach((sequence, bias) -> {
            for (int id : sequence) {
                if (id < 0 || id >= scores.length) {
                    throw new TouchstoneException("a sequence bias names the token " + id
                            + ", which is not in the vocabulary of " + scores.length + " tokens");
                }
            }
            if (sequence.size() == 1) {
                sums[sequence.get(0)] = bias.floatValue();
            }
        });
        biases.forEach((sequence, bias) -> {
            if (sequence.size() > 1 && endsWith(ids, sequence.subList(0, sequence.size() - 1))) {
                sums[sequence.get(sequence.size() - 1)] += bias.floatValue();
            }
        });
        float[] biased = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            biased[v] = scores[v] + sums[v];
        }
        return biased;
    }

    private static boolean endsWith(int[] ids, List<Integer> end) {
        int from = ids.length - end.size();
        boolean equal = from >= 0;
        for (int i = 0; equal && i < end.size(); i++) {
            equal = ids[from + i] == end.get(i);
        }
        return equal;
    }
}
