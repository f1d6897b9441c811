package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExemptionsTest {
    private static final TapResult FAR_OFF = of(3, 1e3, 1);
    private static final TapResult ABOVE_THE_LIMIT = of(3, 4.5, 1);
    private static final TapResult BELOW_THE_LIMIT = of(7, 1.5, 1);

    @Test
    void aTapOfFewTokensPassesAboveTheLimitIfItsLargestErrorIsWithinTheBound() {
        assertThat(ABOVE_THE_LIMIT.passes()).isTrue();
        assertThat(ABOVE_THE_LIMIT.passesByBound()).isTrue();
        assertThat(BELOW_THE_LIMIT.passesByBound()).isFalse();
        assertThat(FAR_OFF.passes()).isFalse();
        assertThat(FAR_OFF.passesByBound()).isFalse();
    }

    @Test
    void aTapOfEightTokensIsNotExempt() {
        assertThat(of(8, 4.5, 1).isExempt()).isFalse();
        assertThat(of(8, 4.5, 1).passes()).isFalse();
    }

    @Test
    void aTapWherePyTorchIsExactIsNotExempt() {
        assertThat(of(3, 1e-9, 0).isExempt()).isFalse();
        assertThat(of(3, 1e-9, 0).passes()).isFalse();
    }

    @Test
    void describesTheNumberOfExemptTapsAndTheirBound() {
        Exemptions exemptions =
                Exemptions.of(List.of(FAR_OFF, ABOVE_THE_LIMIT, BELOW_THE_LIMIT, Given.tap("enough", 1, 1)));

        assertThat(exemptions).isEqualTo(new Exemptions(3, 1, Limits.FLOAT32));
        assertThat(exemptions.describe())
                .isEqualTo("3 taps are exempt from the ratio limit of 2 (fewer than 8 tokens); 1 passes above it, as"
                        + " no error is above 7.6e-06 of the largest value");
        assertThat(Exemptions.of(List.of(BELOW_THE_LIMIT)).describe())
                .isEqualTo("1 tap is exempt from the ratio limit of 2 (fewer than 8 tokens); none passes with a ratio"
                        + " above it");
    }

    @Test
    void theDescriptionIsEmptyIfNoTapIsExempt() {
        assertThat(Exemptions.of(List.of(Given.tap("enough", 1, 1))).describe()).isEmpty();
    }

    private static TapResult of(int tokens, double engine, double pytorch) {
        TapResult ten = Given.tap("x", engine, pytorch);
        return new TapResult(
                "x",
                new int[] {tokens, 1},
                0,
                ten.inherited(),
                ten.pytorch(),
                ten.local(),
                ten.distribution(),
                ten.allZero(),
                ten.limits());
    }
}
