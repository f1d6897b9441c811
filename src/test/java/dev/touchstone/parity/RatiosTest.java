package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatiosTest {
    @Test
    void theMeanIsGeometric() {
        Ratios ratios = Ratios.of(List.of(Given.tap("a", 4, 1), Given.tap("b", 1, 4), Given.tap("c", 8, 1)));

        assertThat(ratios.geometricMean()).isCloseTo(2, within(1e-12));
        assertThat(ratios.largest()).isEqualTo(8);
        assertThat(ratios.largestTap()).isEqualTo("c");
    }

    @Test
    void tapsWithoutAnyErrorHaveNoRatio() {
        Ratios ratios = Ratios.of(List.of(Given.tap("a", 0, 0), Given.tap("b", 3, 1)));

        assertThat(ratios.exact()).isEqualTo(1);
        assertThat(ratios.geometricMean()).isCloseTo(3, within(1e-12));
    }

    @Test
    void anErrorOfZeroCountsAsAThousandth() {
        assertThat(Ratios.of(List.of(Given.tap("a", 0, 1))).geometricMean()).isCloseTo(1e-3, within(1e-15));
    }

    @Test
    void theRatioIsInfiniteIfOnlyPyTorchIsExact() {
        Ratios ratios = Ratios.of(List.of(Given.tap("a", 1e-9, 0), Given.tap("b", 1, 1)));

        assertThat(ratios.largest()).isInfinite();
        assertThat(ratios.largestTap()).isEqualTo("a");
    }

    @Test
    void nanIsTheLargest() {
        Ratios ratios = Ratios.of(List.of(Given.tap("a", 1, 1), Given.tap("b", Double.NaN, 1)));

        assertThat(ratios.largest()).isNaN();
        assertThat(ratios.largestTap()).isEqualTo("b");
    }

    @Test
    void theMeanOfNoTapsIsZero() {
        assertThat(Ratios.of(List.of())).isEqualTo(new Ratios(0, 0, "", 0));
    }

    @Test
    void severalPromptsArePooledByTheirSquares() {
        List<TapResult> prompts = List.of(Given.tap("a", 3, 1), Given.tap("a", 4, 7));

        assertThat(Ratios.pooled(prompts)).isCloseTo(Math.sqrt((9 + 16) / (1 + 49.0)), within(1e-12));
        assertThat(Ratios.pooled(List.of(Given.tap("a", 0, 0)))).isZero();
        assertThat(Ratios.pooled(List.of(Given.tap("a", 1, 0)))).isInfinite();
    }
}
