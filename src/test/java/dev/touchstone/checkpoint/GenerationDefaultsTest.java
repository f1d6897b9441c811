package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationDefaultsTest {
    @TempDir
    private Path folder;

    private TinyCheckpoint tiny;

    @BeforeEach
    void aTinyCheckpoint() {
        tiny = new TinyCheckpoint(folder);
    }

    @Test
    void endOfTextMayBeOneTokenOrSeveral() {
        tiny.write("generation_config.json", "{\"eos_token_id\": 6}");
        assertThat(eosIds()).containsExactly(6);

        tiny.write("generation_config.json", "{\"eos_token_id\": [6, 2]}");
        assertThat(eosIds()).containsExactly(6, 2);
    }

    @Test
    void theGenerationConfigurationCountsEvenIfItHasNoEndOfText() {
        tiny.config("eos_token_id", 3).write("generation_config.json", "{}");

        assertThat(eosIds()).isEmpty();
    }

    @Test
    void withoutAGenerationConfigurationTheModelsConfigurationCounts() {
        assertThat(tiny.config("eos_token_id", 3).load().generation().eosIds()).containsExactly(3);
        assertThat(tiny.config("eos_token_id", null).load().generation().eosIds())
                .isEmpty();
    }

    @Test
    void withoutAnySettingTheFamilysDefaultCounts() {
        assertThat(eosIds()).containsExactly(50256);
    }

    @Test
    void anEndOfTextThatIsNoTokenIsRefused() {
        tiny.write("generation_config.json", "{\"eos_token_id\": \"end\"}")
                .assertRefused("generation_config.json: eos_token_id is \"end\", expected a whole number");
    }

    private List<Integer> eosIds() {
        return tiny.load().generation().eosIds();
    }
}
