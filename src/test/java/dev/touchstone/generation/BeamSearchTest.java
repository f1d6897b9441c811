package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.TouchstoneException;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.support.Pieces;
import dev.touchstone.support.TableExecutor;
import dev.touchstone.tokenizer.Tokenizer;
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
    private static final Tokenizer LETTERS = Pieces.tokenizer("a", "<end>", "c", "d");
    private static final Window WINDOW = Window.error(64);

    @Property(tries = 200)
    void withBeamsEnoughTheBestTextOfAllIsFound(
            @ForAll @IntRange(min = 2, max = 4) int vocabulary,
            @ForAll @IntRange(min = 1, max = 4) int length,
            @ForAll @IntRange(min = -2, max = 3) int halfPenalty,
            @ForAll boolean penalized,
            @ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
        Executor executor = new TableExecutor(vocabulary, seed);
        Beams beams = new Beams((int) Math.pow(vocabulary, length), halfPenalty / 2.0, EarlyStopping.NEVER);
        List<LogitsProcessor> processors = penalized ? List.of(new RepetitionPenalty(1.4)) : List.of();
        Settings settings = Settings.greedy(length, Set.of(EOS), WINDOW).withProcessors(processors);
        EveryText every = new EveryText(executor, settings, beams);
        every.read(new int[] {0}, 0);

        Generation found = new BeamSearch(executor, LETTERS).generate(new int[] {0}, settings, beams);

        assertThat(every.scores.get(IntBuffer.wrap(found.ids())))
                .isCloseTo(Collections.max(every.scores.values()), within(1e-5));
    }

    /** The scores of all texts there can be, by their new ids. */
    private static final class EveryText {
        private final Executor executor;
        private final Settings settings;
        private final Beams beams;
        private final Map<IntBuffer, Double> scores = new HashMap<>();

        EveryText(Executor executor, Settings settings, Beams beams) {
            this.executor = executor;
            this.settings = settings;
            this.beams = beams;
        }

        void read(int[] text, double logProbability) {
            int made = text.length - 1;
            if (made > 0 && text[made] == EOS || made == settings.maxNewTokens()) {
                double score = logProbability / Math.pow(made, beams.lengthPenalty());
                scores.put(IntBuffer.wrap(text, 1, made).slice(), score);
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
                read(longer, logProbability + processed[v]);
            }
        }
    }

    @Test
    void theTextLeavesOutTheEnd() {
        Executor executor = new TableExecutor(2, 3);

        Generation generation = new BeamSearch(executor, LETTERS)
                .generate(new int[] {0}, Settings.greedy(6, Set.of(EOS), WINDOW), new Beams(2, -3, EarlyStopping.TRUE));

        assertThat(generation.finishReason()).isEqualTo(FinishReason.EOS);
        assertThat(generation.ids()).endsWith(EOS);
        assertThat(generation.text()).doesNotContain("<end>").hasSize(generation.ids().length - 1);
    }

    @Test
    void noNewTokensAreNoWork() {
        Generation generation = new BeamSearch(null, LETTERS)
                .generate(new int[] {0}, Settings.greedy(0, Set.of(EOS), WINDOW), Beams.of(3));

        assertThat(generation.ids()).isEmpty();
        assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aSearchInWhichEveryTokenIsRuledOutSaysSo() {
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
                .hasMessageContaining("cannot sample: leave out --beams");
        assertThatThrownBy(() -> search.generate(new int[] {0}, settings.withStopStrings(List.of("x")), Beams.of(2)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("leave out --beams or --stop");
    }

    @Test
    void wrongBeamsAreRefused() {
        assertThatThrownBy(() -> Beams.of(1))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("beams must be at least 2, got 1; for one use --greedy");
        assertThatThrownBy(() -> new Beams(2, Double.NaN, EarlyStopping.FALSE))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("length penalty must be finite, got NaN");
    }
}
