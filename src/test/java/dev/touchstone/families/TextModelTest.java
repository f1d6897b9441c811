package dev.touchstone.families;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.util.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The end-of-text tokens of models of text and images, as {@code GenerationConfig.from_model_config} of Hugging Face reads them. */
class TextModelTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gemma3 | "eos_token_id": [1, 106], "text_config": {"eos_token_id": 5} | [1,106]
            gemma3 | "text_config": {"eos_token_id": 5}                          | 5
            llama4 | "eos_token_id": [1, 106], "text_config": {"eos_token_id": 5} | 5
            """)
    void endsWithTheTokensOfTheConfigurationThatIsLoaded(String type, String fields, String expected) {
        String json = "{\"model_type\": \"" + type + "\", " + fields + "}";

        TextModel model = TextModel.of(new Config(Json.object("config.json", json)));

        assertThat(model.config().json().get("eos_token_id")).hasToString(expected);
    }
}
