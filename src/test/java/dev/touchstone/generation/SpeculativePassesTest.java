package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.generation.Drafter.Draft;
import dev.touchstone.generation.SpeculativeGenerator.Pass;
import dev.touchstone.generation.SpeculativeGenerator.Result;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
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

/** The number of tokens that are proposed, accepted and added in each pass. */
class SpeculativePassesTest {
    private static final int END = 1;
    private static final Tokenizer LETTERS = SplitText.tokenizer("a", "<end>", "c", "d");
    private static final Window WINDOW = Window.error(64);

    /** Predicts c, d, c, d, c, d, and the end. */
    private static final Executor SCRIPT = new ScriptExecutor(4, new int[] {2, 3, 2, 3, 2, 3, END});

    /** Proposes the tokens of the script; those at index {@code wrongFrom} and later are wrong. */
    private static Drafter script(int wrongFrom) {
        return (ids, count, settings, random) -> {
            int[] drafted = new int[count];
            List<double[]> probabilities = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int index = ids.length - 1 + i;
                drafted[i] = index >= wrongFrom ? 0 : index == 6 ? END : 2 + index % 2;
                probabilities.add(new double[4]);
                probabilities.get(i)[drafted[i]] = 1;
            }
            return new Draft(drafted, probabilities);
        };
    }

    private static Result generate(Drafter drafter, int count, int maxNewTokens) {
        return new SpeculativeGenerator(SCRIPT, LETTERS, drafter, count)
                .generate(new int[] {0}, Settings.greedy(maxNewTokens, Set.of(END), WINDOW), step -> {});
    }

    @Test
    void aPassAddsOneTokenMoreThanAPerfectDraft() {
        TableExecutor target = new TableExecutor(4, 1);

        Result result = new SpeculativeGenerator(target, TableExecutor.TOKENIZER, new ModelDrafter(target, WINDOW), 3)
                .generate(new int[] {1}, Settings.greedy(12, Set.of(), WINDOW), step -> {});

        assertThat(result.statistics()).isEqualTo(new Statistics(9, 9, 3, 12));
        assertThat(result.statistics().tokensPerPass()).isEqualTo(4);
    }

    @Test
    void aWrongTokenIsReplacedAndTheRestOfTheDraftIsDropped() {
        Result result = generate(script(1), 2, 3);

        assertThat(result.passes())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new Pass(new int[] {2, 0}, 1, 2), new Pass(new int[0], 0, 1)); // the limit is three tokens
        assertThat(result.generation().ids()).containsExactly(2, 3, 2);
    }

    @Test
    void nothingFollowsAnEndOfTextTokenInADraft() {
        Result result = generate(script(99), 4, 20);

        assertThat(result.passes())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(new Pass(new int[] {2, 3, 2, 3}, 4, 5), new Pass(new int[] {3, END, 3, 2}, 2, 2));
        assertThat(result.generation().ids()).containsExactly(2, 3, 2, 3, 2, 3, END);
        assertThat(result.generation().finishReason()).isEqualTo(FinishReason.EOS);
    }

    @Test
    void stepsEqualThoseOfTheGenerator() {
        Settings settings = Settings.greedy(20, Set.of(END), WINDOW).withProcessors(List.of(new Temperature(2)));
        List<Step> expected = new ArrayList<>();
        List<Step> steps = new ArrayList<>();

        new Generator(SCRIPT, LETTERS).generate(new int[] {0}, settings, expected::add);
        new SpeculativeGenerator(SCRIPT, LETTERS, script(3), 3).generate(new int[] {0}, settings, steps::add);

        assertThat(steps).usingRecursiveFieldByFieldElementComparator().isEqualTo(expected);
    }

    /** The target adds one token in each pass, so at most four of five remaining tokens can be drafted, and none of one. */
    @Test
    void noMoreTokensAreRequestedThanCanBeUsed() {
        assertThat(requested(WINDOW, 1, 5, 9)).containsExactly(4, 3, 2, 1);
        assertThat(requested(WINDOW, 1, 5, 3)).containsExactly(3, 3, 2, 1);
        assertThat(requested(WINDOW, 1, 1, 3)).isEmpty();
    }

    /** Eight positions, and a stride of four: after six tokens two positions are free. */
    @Test
    void aDraftDoesNotExceedTheFreePositionsOfTheWindow() {
        assertThat(requested(Window.slide(8, 4), 6, 8, 3)).containsExactly(2, 1, 3, 2, 1);
    }

    /** The numbers of tokens that are requested from a drafter which proposes none. */
    private static List<Integer> requested(Window window, int prompt, int more, int count) {
        List<Integer> requested = new ArrayList<>();
        Drafter drafter = (ids, most, settings, random) -> {
            requested.add(most);
            return Draft.NONE;
        };
        new SpeculativeGenerator(new TableExecutor(4, 1), LETTERS, drafter, count)
                .generate(new int[prompt], Settings.greedy(more, Set.of(), window), step -> {});
        return requested;
    }

    @Test
    void ratesAreZeroWithoutPasses() {
        assertThat(new Statistics(8, 6, 3, 12).acceptanceRate()).isEqualTo(0.75);
        assertThat(new Statistics(8, 6, 3, 12).tokensPerPass()).isEqualTo(4);
        assertThat(new Statistics(0, 0, 0, 0).acceptanceRate()).isZero();
        assertThat(new Statistics(0, 0, 0, 0).tokensPerPass()).isZero();
        assertThat(generate(script(99), 3, 0).statistics()).isEqualTo(new Statistics(0, 0, 0, 0));
    }

    @Test
    void aDraftOfZeroTokensIsRefused() {
        assertThatThrownBy(() -> new SpeculativeGenerator(SCRIPT, LETTERS, script(99), 0))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("at least 1 token must be proposed at a time, got 0");
        assertThatCode(() -> new SpeculativeGenerator(SCRIPT, LETTERS, script(99), 1))
                .doesNotThrowAnyException();
    }
}
