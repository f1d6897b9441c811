package dev.touchstone.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The new tokens of one or more sequences, concatenated along the token axis without padding. Only attention and position
 * encodings depend on where one sequence ends and the next begins.
 */
public record Batch(List<Sequence> sequences) {
    /**
     * The new tokens of one sequence.
     *
     * @param ids the tokens that are not in the cache yet, at least one. (T)
     * @param cache the keys and values of the tokens before them; the forward pass appends to it
     * @param past the number of tokens in the cache before the forward pass, which is the position of the first new token
     * @param logitsToKeep for how many of the last tokens logits are computed, from 0 to T; Hugging Face's
     *     {@code logits_to_keep}
     */
    public record Sequence(int[] ids, KvCache cache, int past, int logitsToKeep) {
        /** The new tokens that follow those in the cache. */
        public Sequence(int[] ids, KvCache cache, int logitsToKeep) {
            this(ids, cache, cache.length(), logitsToKeep);
        }

        /** The position of each new token, from 0. -> (T) */
        int[] positions() {
            return IntStream.range(past, past + ids.length).toArray();
        }

        /** The number of tokens with the new ones. */
        int length() {
            return past + ids.length;
        }
    }

    public Batch {
        sequences = List.copyOf(sequences);
    }

    /** One sequence, with logits for all of its new tokens. */
    public static Batch of(int[] ids, KvCache cache) {
        return new Batch(List.of(new Sequence(ids, cache, ids.length)));
    }

    /** The new tokens of all sequences. -> (T) */
    int[] ids() {
        return sequences.stream()
                .flatMapToInt(sequence -> Arrays.stream(sequence.ids))
                .toArray();
    }

    /** The position of each new token in its own sequence, from 0. -> (T) */
    int[] positions() {
        return sequences.stream()
                .flatMapToInt(sequence -> Arrays.stream(sequence.positions()))
                .toArray();
    }

    /** The rows for which logits are computed, L of them. -> (L) */
    public int[] rowsToKeep() {
        List<Integer> rows = new ArrayList<>();
        int end = 0;
        for (Sequence sequence : sequences) {
            end += sequence.ids.length;
            for (int row = end - sequence.logitsToKeep; row < end; row++) {
                rows.add(row);
            }
        }
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}
