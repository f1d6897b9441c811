package dev.touchstone.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The new tokens of one or more sequences, packed one after the other along the token axis, no padding. Only attention
 * and positions know where one sequence ends.
 */
public record Batch(List<Part> parts) {
    /**
     * The new tokens of one sequence.
     *
     * @param ids the tokens that the cache does not know yet
     * @param cache what came before them; the pass appends to it
     * @param past how many tokens the cache knew before the pass
     * @param wanted for how many of the last tokens logits are wanted
     */
    public record Part(int[] ids, KvCache cache, int past, int wanted) {
        public Part(int[] ids, KvCache cache, int wanted) {
            this(ids, cache, cache.length(), wanted);
        }
    }

    public Batch {
        parts = List.copyOf(parts);
    }

    /** One sequence, logits for all of its tokens. */
    public static Batch of(int[] ids, KvCache cache) {
        return new Batch(List.of(new Part(ids, cache, ids.length)));
    }

    /** All new tokens. -> (T) */
    int[] ids() {
        return parts.stream().flatMapToInt(part -> Arrays.stream(part.ids)).toArray();
    }

    /** The place of each new token in its own sequence. -> (T) */
    int[] positions() {
        return parts.stream()
                .flatMapToInt(part -> IntStream.range(part.past, part.past + part.ids.length))
                .toArray();
    }

    /** The rows for which logits are wanted. -> (W) */
    int[] wantedRows() {
        List<Integer> rows = new ArrayList<>();
        int end = 0;
        for (Part part : parts) {
            end += part.ids.length;
            for (int row = end - part.wanted; row < end; row++) {
                rows.add(row);
            }
        }
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}
