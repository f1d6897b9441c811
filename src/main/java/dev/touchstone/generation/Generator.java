package dev.touchstone.generation;

import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The loop of generation: scores for the next token, processors, a choice, append, and again until the text ends. It
 * does not know how the scores are made.
 */
public record Generator(Executor executor, Tokenizer tokenizer) {

    /** Continues one prompt. */
    public Generation generate(int[] prompt, Settings settings, Consumer<Step> watcher) {
        return generate(List.of(prompt), settings, watcher).get(0);
    }

    /** Continues several prompts at once, each until its own end. */
    public List<Generation> generate(List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        List<Sequence> sequences = new ArrayList<>();
        for (int[] prompt : prompts) {
            sequences.add(new Sequence(sequences.size(), prompt, settings, tokenizer));
        }
        List<Sequence> active = unfinished(sequences);
        while (!active.isEmpty()) {
            Tensor logits = executor.next(active.stream().map(Sequence::window).toList());
            for (int b = 0; b < active.size(); b++) {
                active.get(b).pick(row(logits, b), watcher);
            }
            active = unfinished(active);
        }
        return sequences.stream().map(Sequence::result).toList();
    }

    private static List<Sequence> unfinished(List<Sequence> sequences) {
        return sequences.stream().filter(sequence -> !sequence.finished()).toList();
    }

    static float[] row(Tensor logits, int row) {
        int vocabulary = logits.size(-1);
        return Arrays.copyOfRange(logits.data(), row * vocabulary, (row + 1) * vocabulary);
    }
}
