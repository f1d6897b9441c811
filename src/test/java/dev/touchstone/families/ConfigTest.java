package dev.touchstone.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static final Map<String, String> NAMES = Map.of("n_embd", "hidden_size");

    @Test
    void aNumberMayBeZero() {
        Config config = config("{\"epsilon\": 0, \"max_window_layers\": 0, \"factor\": 1}");

        assertThat(config.nonNegative("epsilon", 1e-5)).isZero();
        assertThat(config.count("max_window_layers", 28)).isZero();
        assertThat(config.factor()).isEqualTo(1);
    }

    @Test
    void aSizeMayHaveItsStandardNameOrThatOfTheFamily() {
        assertThat(config("{\"n_embd\": 6}").withNames(NAMES).size("hidden_size", 1))
                .isEqualTo(6);
        assertThat(config("{\"hidden_size\": 6}").withNames(NAMES).size("hidden_size", 1))
                .isEqualTo(6);
        assertThat(config("{\"hidden_size\": 6, \"n_embd\": 6}")
                        .withNames(NAMES)
                        .size("hidden_size", 1))
                .isEqualTo(6);
        assertThat(config("{}").withNames(NAMES).size("hidden_size", 1)).isEqualTo(1);
    }

    @Test
    void anErrorHasTheNameInTheFile() {
        assertThatThrownBy(() -> config("{\"n_embd\": 0}").withNames(NAMES).size("hidden_size", 1))
                .hasMessage("config.json: n_embd is 0, expected 1 or more");
    }

    @Test
    void twoNamesWithDifferentValuesAreRefused() {
        Config config = config("{\"hidden_size\": 6, \"n_embd\": 12}").withNames(NAMES);

        assertThatThrownBy(() -> config.size("hidden_size", 1))
                .hasMessage("config.json: n_embd is 12, expected the value of hidden_size, 6");
    }

    private static Config config(String json) {
        return new Config(Json.object("config.json", json));
    }
}
