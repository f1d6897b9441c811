package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Scoreboard;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Every tap of every case of every fixture, one test each. A new folder is a new test. */
class GoldenTest {
    @TestFactory
    Stream<DynamicNode> everyTapIsRight() {
        return Fixtures.all().stream()
                .map(fixture -> dynamicContainer(
                        fixture.name(), fixture.cases().stream().map(file -> ofCase(fixture, file))));
    }

    private static DynamicNode ofCase(Fixture fixture, Path file) {
        String name = file.getFileName().toString().replace(".safetensors", "");
        CaseResult result = check(fixture, file);
        Scoreboard.golden(fixture, name, result);
        String where = fixture.name() + "/" + name + " ";
        return dynamicContainer(
                name,
                result.taps().stream()
                        .map(tap -> dynamicTest(
                                tap.name(),
                                () -> assertThat(tap.passes())
                                        .as(where + tap.describe())
                                        .isTrue())));
    }

    private static CaseResult check(Fixture fixture, Path file) {
        Transformer model = Fixtures.model(fixture).transformer();
        try (Goldens goldens = new Goldens(file)) {
            return Parity.check(model, new ScalarKernels(), goldens);
        }
    }
}
