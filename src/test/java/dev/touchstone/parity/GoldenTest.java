package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Scoreboard;
import java.nio.file.Path;
import java.util.List;
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
        return dynamicContainer(name, ofTaps(fixture.name() + "/" + name, results(fixture, file)));
    }

    private static List<TapResult> results(Fixture fixture, Path file) {
        Transformer model = Fixtures.model(fixture).transformer();
        try (Goldens goldens = new Goldens(file)) {
            return Parity.check(model, new ScalarKernels(), goldens);
        }
    }

    private static Stream<DynamicNode> ofTaps(String where, List<TapResult> results) {
        return results.stream()
                .map(tap -> dynamicTest(tap.name(), () -> {
                    Scoreboard.golden(where, tap);
                    assertThat(tap.passes()).as(where + " " + tap.describe()).isTrue();
                }));
    }
}
