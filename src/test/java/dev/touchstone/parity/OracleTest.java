package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Prompts;
import dev.touchstone.support.Scoreboard;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Compares every tap of random prompts of all lengths with PyTorch. */
class OracleTest {
    private static final Map<String, Oracle> ORACLES = new ConcurrentHashMap<>();

    @AfterContainer
    static void close() {
        ORACLES.values().forEach(Oracle::close);
        ORACLES.clear();
    }

    @Property(tries = 60)
    void everyTapOfAnyPromptIsRight(@ForAll("prompts") Prompts.Prompt prompt) {
        Fixture fixture = prompt.fixture();
        Oracle oracle = ORACLES.computeIfAbsent(fixture.name(), name -> new Oracle(fixture));

        Reference reference = oracle.run(prompt.ids());
        CaseResult result = Parity.check(Fixtures.model(fixture).transformer(), new ScalarKernels(), reference);

        Scoreboard.oracle(result);
        assertThat(result.taps())
                .allSatisfy(tap -> assertThat(tap.plausible())
                        .as(fixture.name() + " " + tap.describe())
                        .isTrue());
    }

    @Provide
    Arbitrary<Prompts.Prompt> prompts() {
        return Arbitraries.of(Fixtures.all()).flatMap(Prompts::of);
    }
}
