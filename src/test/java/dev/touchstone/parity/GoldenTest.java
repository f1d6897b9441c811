package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Scoreboard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Every tap of every case of every fixture, one test each. A new folder is a new test. With {@code -Dtap=h.0.attn.q} only the
 * tests of that tap run, wherever there is one.
 */
class GoldenTest {
    private static final String TAP = System.getProperty("tap", "");
    private static final AtomicInteger TESTS = new AtomicInteger();

    @TestFactory
    Stream<DynamicNode> everyTapIsRight() {
        List<DynamicNode> nodes =
                Fixtures.all().stream().map(GoldenTest::ofFixture).toList();
        assertThat(TESTS).as("no fixture has a tap " + TAP).hasPositiveValue();
        return nodes.stream();
    }

    private static DynamicNode ofFixture(Fixture fixture) {
        Map<String, List<TapResult>> prompts = new LinkedHashMap<>();
        List<DynamicNode> nodes = new ArrayList<>();
        for (Path file : fixture.cases()) {
            String name = file.getFileName().toString().replace(".safetensors", "");
            CaseResult result = check(fixture, file);
            Scoreboard.golden(fixture, name, result);
            List<TapResult> taps = result.taps().stream()
                    .filter(tap -> TAP.isEmpty() || tap.name().equals(TAP))
                    .toList();
            TESTS.addAndGet(taps.size());
            nodes.add(dynamicContainer(name, taps.stream().map(tap -> ofTap(fixture.name() + "/" + name, tap))));
            taps.forEach(tap -> prompts.computeIfAbsent(tap.name(), key -> new ArrayList<>())
                    .add(tap));
        }
        nodes.add(dynamicContainer(
                "all prompts together",
                prompts.entrySet().stream()
                        .map(tap -> dynamicTest(
                                tap.getKey(),
                                () -> assertThat(Ratios.pooled(tap.getValue()))
                                        .isLessThanOrEqualTo(TapResult.MAX_RATIO)))));
        return dynamicContainer(fixture.name(), nodes);
    }

    private static DynamicNode ofTap(String where, TapResult tap) {
        return dynamicTest(
                tap.name(),
                () -> assertThat(tap.passes()).as(where + " " + tap.describe()).isTrue());
    }

    private static CaseResult check(Fixture fixture, Path file) {
        Transformer model = Fixtures.model(fixture).transformer();
        try (Goldens goldens = new Goldens(file)) {
            return Parity.check(model, new ScalarKernels(), goldens);
        }
    }
}
