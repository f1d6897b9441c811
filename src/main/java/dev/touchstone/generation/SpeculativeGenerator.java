package dev.touchstone.generation;

import dev.touchstone.generation.Drafter.Draft;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Speculative decoding: a drafter proposes tokens, and one forward pass of the target model verifies them all. The pass accepts
 * drafted tokens up to the first that is rejected, and adds one token of the target. Greedy decoding gives the same ids as without
 * drafts; sampling has exactly the target's distribution (Leviathan et al., 2023; Chen et al., 2023).
 *
 * @param target computes the logits of the target model; rejected tokens leave its cache at the next call
 * @param count the number of tokens that are proposed at a time
 * @param rule decides which of them are accepted
 */
public record SpeculativeGenerator(
        Executor target, Tokenizer tokenizer, Drafter drafter, int count, Verification rule) {

    /** The generated text, and the passes. */
    public record Result(Generation generation, List<Pass> passes) {
        public Result {
            passes = List.copyOf(passes);
        }

        /** The totals of all passes. */
        public Statistics statistics() {
            return new Statistics(
                    passes.stream().mapToInt(pass -> pass.drafted.length).sum(),
                    passes.stream().mapToInt(Pass::accepted).sum(),
                    passes.size(),
                    passes.stream().mapToInt(Pass::tokens).sum());
        }
    }

    /**
     * One forward pass of the target model.
     *
     * @param drafted the tokens that were proposed
     * @param accepted the number of accepted tokens, from the first on
     * @param tokens the number of tokens that were appended: the accepted ones, and one of the target model unless the text ended
     */
    public record Pass(int[] drafted, int accepted, int tokens) {}

    /**
     * @param proposed the number of drafted tokens
     * @param accepted the number of accepted tokens
     * @param passes the number of forward passes of the target model
     */
    public record Statistics(int proposed, int accepted, int passes, int tokens) {
        public double acceptanceRate() {
            return proposed == 0 ? 0 : (double) accepted / proposed;
        }

        public double tokensPerPass() {
            return passes == 0 ? 0 : (double) tokens / passes;
        }
    }

    public SpeculativeGenerator {
        if (count < 1) {
            throw new TouchstoneException("at least 1 token must be proposed at a time, got " + count);
        }
    }

    public SpeculativeGenerator(Executor target, Tokenizer tokenizer, Drafter drafter, int count) {
        this(target, tokenizer, drafter, count, Verification.EXACT);
    }

    public Result generate(int[] prompt, Settings settings, Consumer<Step> watcher) {
        Run run = start(prompt, settings);
        run.finish(watcher);
        return run.result();
    }

    /** Prepares to continue a prompt; each {@link Run#advance} verifies one draft. */
    public Run start(int[] prompt, Settings settings) {
        return new Run(new Sequence(0, prompt, settings, tokenizer), settings);
    }

    /** A generation in progress, and the passes so far. */
    public final class Run implements Decoding {
        private final Sequence sequence;
        private final Settings settings;
        private final List<Pass> passes = new ArrayList<>();

        private Run(Sequence sequence, Settings settings) {
            this.sequence = sequence;
            this.settings = settings;
        }

        @Override
        public boolean isFinished() {
            return sequence.finished();
        }

        @Override
        public void advance(Consumer<Step> onStep) {
            if (isFinished()) {
                return;
            }
            int before = sequence.made();
            Draft draft = draft(sequence, settings);
            int accepted = verify(draft, sequence, settings, onStep);
            passes.add(new Pass(draft.ids(), accepted, sequence.made() - before));
        }

        @Override
        public List<Generation> results() {
            return List.of(sequence.result());
        }

        /** The text so far, and the passes so far. */
        public Result result() {
            return new Result(sequence.result(), passes);
        }
    }

    /**
     * The largest useful number of drafted tokens: the target adds one itself, and within a draft the context must not slide, nor the
     * logits change.
     */
    private Draft draft(Sequence sequence, Settings settings) {
        int length = sequence.ids().length;
        int left = settings.maxNewTokens() - sequence.made() - 1;
        int read = settings.window().size(length);
        int room = Math.min(settings.window().room(length), target.lengthOfSameLogits(read) - read);
        int useful = Math.min(count, Math.min(left, room));
        return useful <= 0 ? Draft.NONE : drafter.propose(sequence.ids(), useful, settings, sequence.random());
    }

    /** Verifies a draft in one pass; appends the accepted tokens and one more. Returns the number of accepted tokens. */
    private int verify(Draft draft, Sequence sequence, Settings settings, Consumer<Step> watcher) {
        int[] drafted = draft.ids();
        int[] ids = Arrays.copyOf(sequence.ids(), sequence.ids().length + drafted.length);
        System.arraycopy(drafted, 0, ids, sequence.ids().length, drafted.length);
        Tensor logits = target.last(settings.window().of(ids), drafted.length + 1);
        for (int i = 0; i <= drafted.length; i++) {
            float[] row = logits.row(i);
            float[] scores = settings.process(sequence.ids(), row);
            double[] p = settings.sampler().probabilities(scores);
            boolean beyond = i == drafted.length;
            double[] q = beyond ? null : draft.probabilities().get(i);
            if (beyond || !rule.keeps(drafted[i], p, q, sequence.random().nextDouble())) {
                double[] residual = beyond ? p : rule.residual(p, q);
                sequence.append(Probabilities.sample(residual, sequence.random().nextDouble()), row, scores, watcher);
                return i;
            }
            sequence.append(drafted[i], row, scores, watcher);
            if (sequence.finished()) {
                return i + 1;
            }
        }
        throw new AssertionError("the loop returns at its last turn");
    }
}
