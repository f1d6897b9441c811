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
 * The longest case of each small fixture once more, in a test by itself, of a model that is loaded for it alone. It is for
 * mutation testing, where a bug planted in what loads a model must neither miss one that was loaded before, nor be left in
 * one for the tests to come.
 */
class FreshModelTest {
    private static List<Fixture> fixtures() {
        return Fixtures.all().stream()
                .filter(fixture -> !fixture.name().startsWith("storyteller"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyTapIsRightWhoeverWatches(Fixture fixture) {
        Transformer model = Checkpoint.load(fixture.folder()).transformer();
        Path longest = fixture.cases().stream()
                .max(Comparator.comparing(Path::toFile, Comparator.comparing(File::length)))
                .orElseThrow();
        try (Goldens goldens = new Goldens(longest)) {
            CaseResult watched = Parity.check(model, new ScalarKernels(), goldens);
            Tensor unwatched = model.forward(goldens.ids(), new ScalarKernels(), Trace.OFF);

            assertThat(watched.taps().stream().filter(tap -> !tap.passes()))
                    .map(TapResult::describe)
                    .isEmpty();
            assertThat(Deviation.of(unwatched.data(), goldens.float64("logits")).within(Deviation.LOCAL_BOUND))
                    .isTrue();
        }
    }
}
