package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.generation.processors.Temperature;
import dev.touchstone.support.ScriptExecutor;
import dev.touchstone.support.SplitText;
import dev.touchstone.support.TableExecutor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final int END = 1;
    private static final Tokenizer LETTERS = SplitText.tokenizer("a", "<end>", "c", "d");
    private static final Window WINDOW = Window.error(64);

    /** The first script ends after two letters, the second one does not end. */
    private static final Generator SCRIPTS =
            new Generator(new ScriptExecutor(4, new int[] {2, 3, END}, new int[] {3, 3, 2, 2}), LETTERS);

    @Test
    void eachPromptIsContinuedUntilItsEnd() {
        List<Generation> generations = SCRIPTS.generate(
                List.of(new int[] {0}, new int[] {1}), Settings.greedy(4, Set.of(END), WINDOW), step -> {});

        assertThat(generations)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new Generation(new int[] {0}, new int[] {2, 3, END}, "cd", FinishReason.EOS),
                        new Generation(new int[] {1}, new int[] {3, 3, 2, 2}, "ddcc", FinishReason.LENGTH));
    }

    @Test
    void theWatcherReceivesEachTokenWithItsLogitsAndScores() {
        List<Step> steps = new ArrayList<>();
        Settings settings = Settings.greedy(3, Set.of(END), WINDOW).withProcessors(List.of(new Temperature(2)));

        SCRIPTS.generate(List.of(new int[] {0}, new int[] {1}), settings, steps::add);

        assertThat(steps)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        step(0, 0, 2, "c"),
                        step(1, 0, 3, "d"),
                        step(0, 1, 3, "d"),
                        step(1, 1, 3, "d"),
                        step(0, 2, END, ""),
                        step(1, 2, 2, "c"));
    }

    /** The script's logits are 9 for its token and 0 for the others; a temperature of 2 halves them. */
    private static Step step(int sequence, int index, int id, String text) {
        float[] logits = new float[4];
        float[] scores = new float[4];
        logits[id] = 9;
        scores[id] = 4.5f;
        return new Step(sequence, index, id, logits, scores, text);
    }

    @Test
    void zeroNewTokensNeedNoForwardPass() {
        Generation generation = new Generator(null, LETTERS)
                .generate(new int[] {2}, Settings.greedy(0, Set.of(END), WINDOW), step -> {});

        assertThat(generation.ids()).isEmpty();
        assertThat(generation.text()).isEmpty();
        assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aTextThatWouldExceedTheContextIsRefusedAtOnce() {
        assertThatThrownBy(() -> new Generator(null, LETTERS)
                        .generate(new int[5], Settings.greedy(5, Set.of(), Window.error(8)), step -> {}))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith(
                        "the prompt has 5 tokens and 5 new tokens were requested, but the model has 8 positions");
    }

    @Test
    void thePromptIsCopied() {
        int[] prompt = {0};

        Generation generation = SCRIPTS.generate(prompt, Settings.greedy(1, Set.of(), WINDOW), step -> prompt[0] = 1);

        assertThat(generation.promptIds()).containsExactly(0);
    }

    /** Each sequence has its own random number generator with the same seed, so equal prompts give equal texts. */
    @Test
    void theSameSeedGivesTheSameTextAndAnotherSeedAnother() {
        Generator random = new Generator(new TableExecutor(4, 1), LETTERS);
        Settings settings = Settings.greedy(40, Set.of(), WINDOW);
        List<int[]> prompts = List.of(new int[] {0}, new int[] {0});

        List<Generation> one = random.generate(prompts, settings.withSampler(Sampler.MULTINOMIAL, 1), step -> {});
        Generation other = random.generate(prompts, settings.withSampler(Sampler.MULTINOMIAL, 2), step -> {})
                .get(0);

        assertThat(one.get(0).ids()).isEqualTo(one.get(1).ids()).isNotEqualTo(other.ids());
    }

    @Test
    void invalidSettingsAreRefused() {
        Settings settings = Settings.greedy(0, Set.of(), WINDOW);

        assertThatThrownBy(() -> Settings.greedy(-1, Set.of(), WINDOW))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("max new tokens must be at least 0, got -1");
        assertThatThrownBy(() -> settings.withStopStrings(List.of("a", "")))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("a stop string is empty: it would stop every text before it starts");
    }

    @Test
    void finishReasonsAreWrittenInLowerCase() {
        assertThat(List.of(FinishReason.values()))
                .map(FinishReason::toString)
                .containsExactly("length", "eos", "stop", "cancelled");
    }
}
