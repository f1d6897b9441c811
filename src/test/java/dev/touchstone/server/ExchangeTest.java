package dev.touchstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    /** The example of RFC 9110. */
    @Test
    void theDayOfADateHasTwoDigits() {
        assertThat(Exchange.date(Instant.parse("1994-11-06T08:49:37Z"))).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
