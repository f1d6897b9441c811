package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Scoreboard;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Models that no one chose, run by us and by libtorch, tap by tap. */
class RandomModelTest {
    @Property(tries = 120, edgeCases = EdgeCasesMode.NONE)
    void everyTapOfAnyModelIsRight(@ForAll("models") RandomGpt2 drawn) {
        Transformer model = drawn.model();

        CaseResult result = Parity.check(model, new ScalarKernels(), TorchEquations.ask(drawn, model));

        Scoreboard.model(result);
        assertThat(result.taps().stream().filter(tap -> !isRight(tap)))
                .map(TapResult::describe)
                .isEmpty();
    }

    /**
     * An operation must be right by itself. What it inherits may be large where a GELU or two make almost nothing of their
     * input; then it must be of the size that PyTorch inherits. A few ReLUs may all be zero, if PyTorch's are.
     */
    private static boolean isRight(TapResult tap) {
        return !tap.culprit() && (tap.inherited().within(TapResult.LOCAL_BOUND) || tap.ratio() < 16);
    }

    @Provide
    Arbitrary<RandomGpt2> models() {
        return RandomGpt2.any();
    }
}
