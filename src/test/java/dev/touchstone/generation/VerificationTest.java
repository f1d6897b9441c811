package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule of the paper, computed by hand for probabilities that are exact in double. */
class VerificationTest {
    private static final double[] TARGET = {0.25, 0.75, 0, 0};
    private static final double[] DRAFT = {0.5, 0.125, 0.375, 0};

    /** {@code min(1, p / q)} is 1/2 for the first token, 1 for the second, 0 for the third. */
    @ParameterizedTest
    @CsvSource({"0, 0, true", "0, 0.4999, true", "0, 0.5, false", "1, 0.9999, true", "2, 0, false", "2, 0.9999, false"})
    void aDraftedTokenIsKeptWithProbabilityPOverQ(int id, double random, boolean kept) {
        assertThat(Verification.EXACT.keeps(id, TARGET, DRAFT, random)).isEqualTo(kept);
    }

    @Test
    void theResidualIsTheNormalizedPositivePartOfPMinusQ() {
        assertThat(Verification.EXACT.residual(TARGET, DRAFT)).containsExactly(0, 1, 0, 0);
        assertThat(Verification.EXACT.residual(new double[] {0.5, 0.25, 0.25}, new double[] {0.375, 0.5, 0.125}))
                .containsExactly(0.5, 0, 0.5);
    }

    @Test
    void theResidualOfEqualDistributionsIsTheDistribution() {
        assertThat(Verification.EXACT.residual(TARGET, TARGET)).containsExactly(TARGET);
    }
}
