package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;

/** The tests of fixtures. A file that cannot be compared is one failing test, so that other fixtures are still tested. */
final class GoldenTests {
    /** Receives the result of each case. */
    @FunctionalInterface
    interface Results {
        void add(Fixture fixture, String name, CaseResult result);
    }

    private final String only;
    private final Results results;
    private int count;

    /** @param only the tap that is tested, or "" for all */
    GoldenTests(String only, Results results) {
        this.only = only;
        this.results = results;
    }

    /** The number of tests of a tap. */
    int count() {
        return count;
    }

    DynamicNode of(Fixture fixture) {
        try {
            return dynamicContainer(fixture.name(), cases(fixture));
        } catch (RuntimeException e) {
            return failing(fixture.name(), e);
        }
    }

    private List<DynamicNode> cases(Fixture fixture) {
        Map<String, List<TapResult>> prompts = new LinkedHashMap<>();
        List<DynamicNode> nodes = new ArrayList<>();
        for (Path file : fixture.cases()) {
            String name = file.getFileName().toString().replace(".safetensors", "");
            try {
                CaseResult result = check(fixture, file);
                results.add(fixture, name, result);
                List<TapResult> taps = result.taps().stream()
                        .filter(tap -> only.isEmpty() || tap.name().equals(only))
                        .toList();
                count += taps.size();
                nodes.add(dynamicContainer(name, taps.stream().map(tap -> ofTap(fixture.name() + "/" + name, tap))));
                taps.forEach(tap -> prompts.computeIfAbsent(tap.name(), key -> new ArrayList<>())
                        .add(tap));
            } catch (RuntimeException e) {
                nodes.add(failing(name, e));
            }
        }
        nodes.add(dynamicContainer("all prompts together", ofAllPrompts(prompts)));
        return nodes;
    }

    private static CaseResult check(Fixture fixture, Path file) {
        Transformer model = Fixtures.model(fixture).transformer();
        try (Goldens goldens = new Goldens(file)) {
            return Parity.check(model, new ScalarKernels(), goldens);
        }
    }

    private static DynamicNode ofTap(String name, TapResult tap) {
        return dynamicTest(
                tap.name(),
                () -> assertThat(tap.passes()).as(name + " " + tap.describe()).isTrue());
    }

    private static Stream<DynamicNode> ofAllPrompts(Map<String, List<TapResult>> prompts) {
        return prompts.entrySet().stream()
                .map(tap -> dynamicTest(
                        tap.getKey(),
                        () -> assertThat(Ratios.pooled(tap.getValue())).isLessThanOrEqualTo(TapResult.MAX_RATIO)));
    }

    private static DynamicNode failing(String name, RuntimeException e) {
        return dynamicTest(name, () -> {
            throw e;
        });
    }
}
