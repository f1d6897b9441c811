package dev.touchstone.generation;

import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The generation loop: compute the logits, apply the processors, choose a token, append it, and repeat until the text ends.
 * The {@link Executor} computes the logits.
 */
public record Generator(Executor executor, Tokenizer tokenizer) {

    /** Continues one prompt. */
    public Generation generate(int[] prompt, Settings settings, Consumer<Step> watcher) {
        return generate(List.of(prompt), settings, watcher).get(0);
    }

    /** Continues several prompts together, each until its own end. */
    public List<Generation> generate(List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        return start(prompts, prompt -> settings).finish(watcher);
    }

    /**
     * Prepares to continue several prompts together. {@link Decoding#advance} then adds a token to each that has not ended.
     *
     * @param settings for each prompt
     */
    public Decoding start(List<int[]> prompts, Function<int[], Settings> settings) {
        List<Sequence> sequences = new ArrayList<>();
        for (int[] prompt : prompts) {
            sequences.add(new Sequence(sequences.size(), prompt, settings.apply(prompt), tokenizer));
        }
        return new Sequences(executor, List.copyOf(sequences));
    }

    /** Several sequences that share each forward pass until they end. */
    private record Sequences(Executor executor, List<Sequence> sequences) implements Decoding {
        @Override
        public boolean isFinished() {
            return sequences.stream().allMatch(Sequence::finished);
        }

        @Override
        public void advance(Consumer<Step> onStep) {
            List<Sequence> active =
                    sequences.stream().filter(sequence -> !sequence.finished()).toList();
            if (active.isEmpty()) {
                return;
            }
            Tensor logits = executor.next(active.stream().map(Sequence::window).toList());
            for (int b = 0; b < active.size(); b++) {
                active.get(b).pick(logits.row(b), onStep);
            }
        }

        @Override
        public List<Generation> results() {
            return sequences.stream().map(Sequence::result).toList();
        }
    }
}
