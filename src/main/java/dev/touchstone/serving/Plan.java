package dev.touchstone.serving;

import dev.touchstone.model.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one forward pass computes: the next tokens of some requests, within a budget of tokens. */
final class Plan {
    private final List<Chunk> chunks = new ArrayList<>();
    private int budget;
    private int pages;

    /**
     * The next tokens of one request.
     *
     * @param window the tokens that the model reads to compute the next one
     * @param from the first that is computed, inclusive
     * @param to the last, exclusive
     */
    record Chunk(Task task, int[] window, int from, int to) {
        int count() {
            return to - from;
        }

        /** Whether the logits of the last token are needed to choose the next one. */
        boolean choosesToken() {
            return to == window.length && task.needsToken();
        }
    }

    Plan(int budget) {
        this.budget = budget;
    }

    /** Adds the next {@code count} tokens of a request. */
    void add(Task task, int count) {
        int[] window = task.window();
        int from = task.cache().length();
        chunks.add(new Chunk(task, window, from, from + count));
        budget -= count;
        pages += task.cache().pagesToExtend(count);
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    boolean contains(Task task) {
        return chunks.stream().anyMatch(chunk -> chunk.task == task);
    }

    List<Chunk> chunks() {
        return chunks;
    }

    /** How many more tokens can be added. */
    int budget() {
        return budget;
    }

    /** How many pages the pass takes from the pool. */
    int pages() {
        return pages;
    }

    /** The tokens of all chunks, with the logits after which a token is chosen. */
    Batch batch() {
        return new Batch(chunks.stream()
                .map(chunk -> new Batch.Sequence(
                        Arrays.copyOfRange(chunk.window, chunk.from, chunk.to),
                        chunk.task.cache(),
                        chunk.choosesToken() ? 1 : 0))
                .toList());
    }
}
