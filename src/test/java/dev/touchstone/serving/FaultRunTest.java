package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.serving.End.Outcome;
import org.junit.jupiter.api.Test;

/** {@code ci/serve-load.sh} runs the same with many more requests. */
class FaultRunTest {
    @Test
    void noRequestIsLostAndNoneGetsOtherResults() throws InterruptedException {
        FaultRun.Result result = new FaultRun(40, 1).run(300, 1);

        assertThat(result.accepted()).isEqualTo(300);
        assertThat(result.lost()).isZero();
        assertThat(result.different()).isZero();
        assertThat(result.ends().get(Outcome.FINISHED).get()).isGreaterThan(200);
        assertThat(result.ends().get(Outcome.CANCELLED).get()).isPositive();
        assertThat(result.ends().get(Outcome.FAILED).get()).isPositive();
        assertThat(result.last().tokens().hit()).isPositive();
        assertThat(result.last().pages().used()).isZero();
    }
}
