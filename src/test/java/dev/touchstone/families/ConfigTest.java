package dev.touchstone.families;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConfigTest {
    @Test
    void aNumberMayBeZero() throws IOException {
        Config config = new Config(
                "config.json",
                new ObjectMapper().readTree("{\"epsilon\": 0, \"max_window_layers\": 0, \"factor\": 1}"));

        assertThat(config.nonNegative("epsilon", 1e-5)).isZero();
        assertThat(config.count("max_window_layers", 28)).isZero();
        assertThat(config.factor()).isEqualTo(1);
    }
}
