package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckTest {
    private static Optional<String> failure(Error error) {
        return new Check<String>("fails", subject -> {
                    throw error;
                })
                .failure("", TouchstoneException.class);
    }

    private static Optional<String> failure(RuntimeException exception, Class<? extends RuntimeException> crash) {
        return new Check<String>("fails", subject -> {
                    throw exception;
                })
                .failure("", crash);
    }

    @Test
    void anAssertionThatFailsIsAFinding() {
        assertThat(failure(new AssertionError("3 is not 4"))).contains("3 is not 4");
    }

    @Test
    void aRefusalIsAFinding() {
        assertThat(failure(new TouchstoneException("too long"), TouchstoneException.class))
                .contains("too long");
    }

    @Test
    void aCrashIsAFindingOnlyIfTheBugIsKnownForIt() {
        RuntimeException crash = new IndexOutOfBoundsException("7");

        assertThat(failure(crash, IndexOutOfBoundsException.class)).contains("7");
        assertThatThrownBy(() -> failure(crash, TouchstoneException.class)).isSameAs(crash);
    }

    @Test
    void aMistakeInTheCheckIsNoFinding() {
        RuntimeException mistake = new NullPointerException();

        assertThatThrownBy(() -> failure(mistake, IndexOutOfBoundsException.class))
                .isSameAs(mistake);
    }

    @Test
    void aCheckThatPassesFindsNothing() {
        assertThat(new Check<String>("passes", subject -> {}).failure("", TouchstoneException.class))
                .isEmpty();
    }
}
