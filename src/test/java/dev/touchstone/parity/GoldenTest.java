package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Scoreboard;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Every tap of every case of every fixture, one test each. A new folder is a new test. With {@code -Dtap=h.0.attn.q} only the
 * tests of that tap run, in every model that has it.
 */
class GoldenTest {
    private static final String TAP = System.getProperty("tap", "");

    @TestFactory
    Stream<DynamicNode> everyTapIsRight() {
        GoldenTests tests = new GoldenTests(TAP, Scoreboard::golden);
        List<DynamicNode> nodes = Fixtures.all().stream().map(tests::of).toList();

        assertThat(tests.count())
                .as("tests of taps; no fixture has a tap " + TAP)
                .isPositive();
        return nodes.stream();
    }
}
