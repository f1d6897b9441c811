package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Scoreboard;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares every tap of every case of every fixture, with one test per tap. A new folder is tested without further code. With
 * {@code -Dtap=h.0.attn.q} only that tap is tested, in all models that have it.
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
