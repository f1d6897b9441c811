package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import java.io.File;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the longest case of each small fixture with a newly loaded model, in one test. It is for mutation testing: a mutant
 * of the loader would have no effect on a model that was loaded before, and must not affect the models of other tests.
 */
class FreshModelTest {
    private static List<Fixture> fixtures() {
        return Fixtures.all().stream()
                .filter(fixture -> !fixture.name().startsWith("storyteller"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyTapIsRightWithAndWithoutATrace(Fixture fixture) {
        Transformer model = Checkpoint.load(fixture.folder()).transformer();
        Path longest = fixture.cases().stream()
                .max(Comparator.comparing(Path::toFile, Comparator.comparing(File::length)))
                .orElseThrow();
        try (Goldens goldens = new Goldens(longest)) {
            CaseResult traced = Parity.check(model, new ScalarKernels(), goldens);
            Tensor untraced = model.forward(goldens.ids(), new ScalarKernels(), Trace.OFF);

            assertThat(traced.taps().stream().filter(tap -> !tap.passes()))
                    .map(TapResult::describe)
                    .isEmpty();
            assertThat(Deviation.of(untraced.data(), goldens.float64("logits")).within(Deviation.LOCAL_BOUND))
                    .isTrue();
        }
    }
}
