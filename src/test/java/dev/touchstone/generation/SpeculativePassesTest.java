package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.generation.Drafter.Draft;
import dev.touchstone.generation.SpeculativeGenerator.Pass;
import dev.touchstone.generation.SpeculativeGenerator.Result;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
import dev.touchstone.generation.processors.Temperature;
import dev.touchstone.support.Pieces;
import dev.touchstone.support.ScriptExecutor;
import dev.touchstone.support.TableExecutor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How many tokens are proposed, kept and added in each pass. */
class SpeculativePassesTest {
    private static final int END = 1;
    private static final Tokenizer LETTERS = Pieces.tokenizer("a", "<end>", "c", "d");
    private static final Window WINDOW = Window.error(64);

    /** Says c, d, c, d, c, d, and ends. */
    private static final Executor SCRIPT = new ScriptExecutor(4, new int[] {2, 3, 2, 3, 2, 3, END});

    /** Proposes what the script says from here on, all of it wrong from the given place of the text on. */
    private static Drafter script(int wrongFrom) {
        return (ids, count, settings, random) -> {
            int[] drafted = new int[count];
            List<double[]> probabilities = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int place = ids.length - 1 + i;
                drafted[i] = place >= wrongFrom ? 0 : place == 6 ? END : 2 + place % 2;
                probabilities.add(new double[4]);
                probabilities.get(i)[drafted[i]] = 1;
            }
            return new Draft(drafted, probabilities);
        };
    }

    private static Result generate(Drafter drafter, int count, int most) {
        return new SpeculativeGenerator(SCRIPT, LETTERS, drafter, count)
                .generate(new int[] {0}, Settings.greedy(most, Set.of(END), WINDOW), step -> {});
    }

    @Test
    void aPerfectDraftYieldsOneTokenMoreThanItProposed() {
        TableExecutor target = new TableExecutor(4, 1);

        Result result = new SpeculativeGenerator(target, TableExecutor.TOKENIZER, new ModelDrafter(target, WINDOW), 3)
                .generate(new int[] {1}, Settings.greedy(12, Set.of(), WINDOW), step -> {});

        assertThat(result.statistics()).isEqualTo(new Statistics(9, 9, 3, 12));
        assertThat(result.statistics().tokensPerPass()).isEqualTo(4);
    }

    @Test
    void whatIsWrongIsReplacedByTheTargetsOwnAndWhatFollowsItIsDropped() {
        Result result = generate(script(1), 2, 3);

        assertThat(result.passes())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(new Pass(new int[] {2, 0}, 1, 2), new Pass(new int[0], 0, 1)); // the third is the last
        assertThat(result.generation().ids()).containsExactly(2, 3, 2);
    }

    @Test
    void aDraftThatEndsTheTextGetsNothingAfterIt() {
        Result result = generate(script(99), 4, 20);

        assertThat(result.passes())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(new Pass(new int[] {2, 3, 2, 3}, 4, 5), new Pass(new int[] {3, END, 3, 2}, 2, 2));
        assertThat(result.generation().ids()).containsExactly(2, 3, 2, 3, 2, 3, END);
        assertThat(result.generation().finishReason()).isEqualTo(FinishReason.EOS);
    }

    /** The steps that a reader sees are those of the plain loop. */
    @Test
    void itsStepsAreThoseOfThePlainLoop() {
        Settings settings = Settings.greedy(20, Set.of(END), WINDOW).withProcessors(List.of(new Temperature(2)));
        List<Step> expected = new ArrayList<>();
        List<Step> steps = new ArrayList<>();

        new Generator(SCRIPT, LETTERS).generate(new int[] {0}, settings, expected::add);
        new SpeculativeGenerator(SCRIPT, LETTERS, script(3), 3).generate(new int[] {0}, settings, steps::add);

        assertThat(steps).usingRecursiveFieldByFieldElementComparator().isEqualTo(expected);
    }

    /** The target adds one token of its own to each pass: of five tokens to come four can be drafted, of one none. */
    @Test
    void noMoreIsAskedForThanCanBeUsed() {
        assertThat(asked(WINDOW, 1, 5, 9)).containsExactly(4, 3, 2, 1);
        assertThat(asked(WINDOW, 1, 5, 3)).containsExactly(3, 3, 2, 1);
        assertThat(asked(WINDOW, 1, 1, 3)).isEmpty();
    }

    /** Eight positions, of which four are cleared when they are full: after six tokens there is room for two. */
    @Test
    void theWindowDoesNotMoveUnderADraft() {
        assertThat(asked(Window.slide(8, 4), 6, 8, 3)).containsExactly(2, 1, 3, 2, 1);
    }

    /** How many tokens a drafter that never has an idea is asked for. */
    private static List<Integer> asked(Window window, int prompt, int more, int count) {
        List<Integer> asked = new ArrayList<>();
        Drafter drafter = (ids, wanted, settings, random) -> {
            asked.add(wanted);
            return Draft.NONE;
        };
        new SpeculativeGenerator(new TableExecutor(4, 1), LETTERS, drafter, count)
                .generate(new int[prompt], Settings.greedy(more, Set.of(), window), step -> {});
        return asked;
    }

    @Test
    void ratesAreZeroWhereNothingWasDone() {
        assertThat(new Statistics(8, 6, 3, 12).acceptanceRate()).isEqualTo(0.75);
        assertThat(new Statistics(8, 6, 3, 12).tokensPerPass()).isEqualTo(4);
        assertThat(new Statistics(0, 0, 0, 0).acceptanceRate()).isZero();
        assertThat(new Statistics(0, 0, 0, 0).tokensPerPass()).isZero();
        assertThat(generate(script(99), 3, 0).statistics()).isEqualTo(new Statistics(0, 0, 0, 0));
    }

    @Test
    void atLeastOneTokenIsProposed() {
        assertThatThrownBy(() -> new SpeculativeGenerator(SCRIPT, LETTERS, script(99), 0))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("at least 1 token must be proposed at a time, got 0");
        assertThatCode(() -> new SpeculativeGenerator(SCRIPT, LETTERS, script(99), 1))
                .doesNotThrowAnyException();
    }
}
