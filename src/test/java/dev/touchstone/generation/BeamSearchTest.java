package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.NoRepeatNgram;
import dev.touchstone.generation.processors.RepetitionPenalty;
import dev.touchstone.support.SplitText;
import dev.touchstone.support.TableExecutor;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BeamSearchTest {
    private static final int EOS = 1;
    private static final Tokenizer LETTERS = SplitText.tokenizer("a", "<end>", "c", "d");
    private static final Window WINDOW = Window.error(64);

    @Property(tries = 200)
    void withEnoughBeamsTheBestTextIsFound(
            @ForAll @IntRange(min = 2, max = 4) int vocabulary,
            @ForAll @IntRange(min = 1, max = 4) int length,
            @ForAll @IntRange(min = -2, max = 3) int halfPenalty,
            @ForAll boolean penalized,
            @ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
        Executor executor = new TableExecutor(vocabulary, seed);
        Beams beams = new Beams((int) Math.pow(vocabulary, length), halfPenalty / 2.0, EarlyStopping.NEVER);
        List<LogitsProcessor> processors = penalized ? List.of(new RepetitionPenalty(1.4)) : List.of();
        Settings settings = Settings.greedy(length, Set.of(EOS), WINDOW).withProcessors(processors);
        AllTexts all = new AllTexts(executor, settings, beams);
        all.extend(new int[] {0}, 0);

        Generation found = new BeamSearch(executor, LETTERS).generate(new int[] {0}, settings, beams);

        assertThat(all.scores.get(IntBuffer.wrap(found.ids())))
                .isCloseTo(Collections.max(all.scores.values()), within(1e-5));
    }

    /** The scores of all possible texts, by their new ids. */
    private static final class AllTexts {
        private final Executor executor;
        private final Settings settings;
        private final Beams beams;
        private final Map<IntBuffer, Double> scores = new HashMap<>();

        AllTexts(Executor executor, Settings settings, Beams beams) {
            this.executor = executor;
            this.settings = settings;
            this.beams = beams;
        }

        void extend(int[] text, double logProbability) {
            int length = text.length - 1;
            if (length > 0 && text[length] == EOS || length == settings.maxNewTokens()) {
                double score = logProbability / Math.pow(length, beams.lengthPenalty());
                scores.put(IntBuffer.wrap(text, 1, length).slice(), score);
                return;
            }
            float[] logits = executor.next(List.of(text)).data().clone();
            double[] probabilities = BruteForce.probabilities(logits);
            for (int v = 0; v < logits.length; v++) {
                logits[v] = (float) Math.log(probabilities[v]);
            }
            float[] processed = settings.process(text, logits);
            for (int v = 0; v < processed.length; v++) {
                int[] longer = Arrays.copyOf(text, text.length + 1);
                longer[text.length] = v;
                extend(longer, logProbability + processed[v]);
            }
        }
    }

    /** A model with a table of next-token probabilities by text, and the same probabilities for all other texts. */
    private static final class Tree implements Executor {
        private final Map<List<Integer>, double[]> probabilities;
        private final double[] others;
        private int calls;

        Tree(Map<List<Integer>, double[]> probabilities, double... others) {
            this.probabilities = probabilities;
            this.others = others;
        }

        @Override
        public Tensor next(List<int[]> sequences) {
            calls++;
            Tensor logits = Tensor.zeros(sequences.size(), 4);
            for (int b = 0; b < sequences.size(); b++) {
                List<Integer> ids = Arrays.stream(sequences.get(b)).boxed().toList();
                double[] next = probabilities.getOrDefault(ids.subList(1, ids.size()), others);
                for (int v = 0; v < 4; v++) {
                    logits.data()[4 * b + v] = (float) Math.log(next[v]);
                }
            }
            return logits;
        }

        @Override
        public Tensor last(int[] ids, int count) {
            throw new AssertionError("beam search needs only the logits of the last token");
        }

        Generation search(int maxNewTokens, Beams beams, Integer... eosIds) {
            Settings settings = Settings.greedy(maxNewTokens, Set.of(eosIds), WINDOW);
            return new BeamSearch(this, LETTERS).generate(new int[] {0}, settings, beams);
        }
    }

    /** The text (3, end) has the probability 0.25, more than other texts of two tokens, but 3 is not among the first two beams. */
    @Test
    void aTextWhoseFirstTokenIsNotAmongTheBeamsIsNotFound() {
        Tree tree = new Tree(
                Map.of(List.of(), new double[] {0.4, 0, 0.35, 0.25}, List.of(3), new double[] {0, 1, 0, 0}),
                0.3,
                0.25,
                0.25,
                0.2);

        assertThat(tree.search(2, Beams.of(2), EOS).ids()).containsExactly(0, 0);
        assertThat(tree.search(2, Beams.of(3), EOS).ids()).containsExactly(3, EOS);
    }

    /** With a penalty that favours short texts the end has the best score, but two other tokens are more likely. */
    @Test
    void anEndOfTextThatIsNotAmongTheBeamsIsIgnored() {
        Tree tree = new Tree(Map.of(List.of(), new double[] {0.4, 0.25, 0.35, 0}), 0.3, 0.25, 0.25, 0.2);

        assertThat(tree.search(2, new Beams(2, -1, EarlyStopping.FALSE), EOS).ids())
                .containsExactly(0, 0);
        assertThat(tree.search(2, new Beams(3, -1, EarlyStopping.FALSE), EOS).ids())
                .containsExactly(EOS);
    }

    /** Two beams with two end-of-text tokens each: the best two candidates that continue are fifth and sixth. */
    @Test
    void beamsContinueIfAllEndOfTextTokensAreMoreLikely() {
        Tree tree = new Tree(
                Map.of(
                        List.of(), new double[] {0.2, 0.4, 0.3, 0.1},
                        List.of(0), new double[] {0.06, 0.45, 0.45, 0.04},
                        List.of(3), new double[] {0.06, 0.45, 0.45, 0.04}),
                0.02,
                0.01,
                0.01,
                0.96);

        assertThat(tree.search(3, new Beams(2, 2, EarlyStopping.NEVER), EOS, 2).ids())
                .containsExactly(0, 0, 3);
    }

    @Test
    void ofEqualTextsTheFirstIsReturned() {
        assertThat(new Tree(Map.of(), 1, 1, 1, 1).search(2, Beams.of(2)).ids()).containsExactly(0, 0);
    }

    /** 2 and 3 have the same continuations. After two ends and (2, 0), four candidates are equal; the first is (2, 3). */
    @Test
    void ofEqualCandidatesTheFirstContinues() {
        double[] same = {0.2, 0.6, 0, 0.2};
        Tree tree = new Tree(
                Map.of(
                        List.of(),
                        new double[] {0, 0, 0.5, 0.5},
                        List.of(2),
                        same,
                        List.of(3),
                        same,
                        List.of(2, 3),
                        new double[] {0, 1, 0, 0}),
                0.25,
                0.25,
                0.25,
                0.25);

        assertThat(tree.search(3, new Beams(2, 2, EarlyStopping.NEVER), EOS).ids())
                .containsExactly(2, 3, EOS);
    }

    @Test
    void earlyStoppingEndsTheSearchWhenEnoughTextsAreFinished() {
        Tree tree = new Tree(Map.of(List.of(), new double[] {0, 0.4, 0.3, 0.3}), 0.05, 0.9, 0.05, 0);

        assertThat(tree.search(9, new Beams(2, 1, EarlyStopping.TRUE), EOS).ids())
                .containsExactly(2, EOS);
        assertThat(tree.calls).isEqualTo(2);
    }

    @Test
    void aScoreOfNaNIsRefused() {
        LogitsProcessor broken = (ids, scores) -> new float[] {-1, Float.NaN, -1, -1};
        Settings settings = Settings.greedy(2, Set.of(), WINDOW).withProcessors(List.of(broken));

        assertThatThrownBy(() ->
                        new BeamSearch(new TableExecutor(4, 1), LETTERS).generate(new int[] {0}, settings, Beams.of(2)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("the score of token 1 is NaN");
    }

    @Test
    void aTextThatWouldExceedTheContextIsRefusedAtOnce() {
        assertThatThrownBy(() -> new BeamSearch(null, LETTERS)
                        .generate(new int[5], Settings.greedy(5, Set.of(), Window.error(8)), Beams.of(2)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith(
                        "the prompt has 5 tokens and 5 new tokens were requested, but the model has 8 positions");
    }

    @Test
    void theTextExcludesTheEndOfTextToken() {
        Executor executor = new TableExecutor(2, 3);

        Generation generation = new BeamSearch(executor, LETTERS)
                .generate(new int[] {0}, Settings.greedy(6, Set.of(EOS), WINDOW), new Beams(2, -3, EarlyStopping.TRUE));

        assertThat(generation.finishReason()).isEqualTo(FinishReason.EOS);
        assertThat(generation.ids()).endsWith(EOS);
        assertThat(generation.text()).doesNotContain("<end>").hasSize(generation.ids().length - 1);
    }

    @Test
    void zeroNewTokensNeedNoForwardPass() {
        Generation generation = new BeamSearch(null, LETTERS)
                .generate(new int[] {0}, Settings.greedy(0, Set.of(EOS), WINDOW), Beams.of(3));

        assertThat(generation.ids()).isEmpty();
        assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void anErrorIsReportedIfEveryTokenIsRuledOut() {
        Settings settings = Settings.greedy(6, Set.of(), WINDOW).withProcessors(List.of(new NoRepeatNgram(1)));

        assertThatThrownBy(() ->
                        new BeamSearch(new TableExecutor(3, 1), LETTERS).generate(new int[] {0}, settings, Beams.of(2)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("every token is ruled out");
    }

    @Test
    void samplingAndStopStringsAreRefused() {
        Settings settings = Settings.greedy(6, Set.of(), WINDOW);
        BeamSearch search = new BeamSearch(new TableExecutor(3, 1), LETTERS);

        assertThatThrownBy(
                        () -> search.generate(new int[] {0}, settings.withSampler(Sampler.MULTINOMIAL, 1), Beams.of(2)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("cannot sample: leave out the beams");
        assertThatThrownBy(() -> search.generate(new int[] {0}, settings.withStopStrings(List.of("x")), Beams.of(2)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("cannot use stop strings");
    }

    @Test
    void wrongBeamsAreRefused() {
        assertThatThrownBy(() -> Beams.of(1))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("beams must be at least 2, got 1; use greedy decoding instead");
        assertThatThrownBy(() -> Beams.of(65_537))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("beams must be at most 65536, got 65537: each is a separate text in memory");
        assertThatCode(() -> Beams.of(65_536)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Beams(2, Double.NaN, EarlyStopping.FALSE))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("length penalty must be finite, got NaN");
    }
}
