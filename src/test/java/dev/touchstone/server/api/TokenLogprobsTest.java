package dev.touchstone.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenLogprobsTest {
    private static final int EOS = 1999;
    private static final int PART_OF_A_CHARACTER = 127; // the byte 0xC3

    /** lm-eval asks for the probabilities of a prompt with one new token, and drops the last of them. */
    @ParameterizedTest
    @ValueSource(ints = {EOS, PART_OF_A_CHARACTER, 11})
    void eachNewTokenOfACompletionHasAProbability(int id) {
        try (LanguageModel model = LanguageModel.storyteller()) {
            String body =
                    "{\"prompt\": \"The fox\", \"max_tokens\": 1, \"echo\": true, \"logprobs\": 1, \"temperature\": 0,"
                            + " \"logit_bias\": {\"" + id + "\": 100}}";

            ObjectNode answer = Alone.answer(model, body, "0".repeat(64));

            assertThat(answer.at("/touchstone/choices/0/ids/0").intValue()).isEqualTo(id);
            assertThat(answer.at("/choices/0/logprobs/token_logprobs"))
                    .hasSize(model.tokenizer().encode("The fox").length + 1);
        }
    }
}
