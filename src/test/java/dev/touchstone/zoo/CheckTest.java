package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckTest {
    private static Optional<String> failure(Error error) {
        return new Check<String>("fails", subject -> {
                    throw error;
                })
                .failure("");
    }

    private static Optional<String> failure(RuntimeException exception) {
        return new Check<String>("fails", subject -> {
                    throw exception;
                })
                .failure("");
    }

    @Test
    void anAssertionErrorCountsAsDetected() {
        assertThat(failure(new AssertionError("3 is not 4"))).contains("3 is not 4");
    }

    @Test
    void aRefusalCountsAsDetected() {
        assertThat(failure(new TouchstoneException("too long"))).contains("too long");
    }

    @ParameterizedTest
    @ValueSource(classes = {NullPointerException.class, IndexOutOfBoundsException.class})
    void anotherExceptionDoesNotCount(Class<? extends RuntimeException> type) throws ReflectiveOperationException {
        RuntimeException mistake = type.getConstructor().newInstance();

        assertThatThrownBy(() -> failure(mistake)).isSameAs(mistake);
    }

    @Test
    void aPassingCheckHasNoMessage() {
        assertThat(new Check<String>("passes", subject -> {}).failure("")).isEmpty();
    }
}
