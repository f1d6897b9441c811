package dev.touchstone.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
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

    @Property
    void theLargestAreThoseOfASortedList(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 9) Integer> values,
            @ForAll @IntRange(max = 25) int count) {
        float[] scores = new float[values.size()];
        for (int v = 0; v < scores.length; v++) {
            scores[v] = values.get(v);
        }

        int[] sorted = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparing(v -> -scores[v])) // stable, so the first of equals
                .limit(count)
                .mapToInt(v -> v)
                .toArray();
        assertThat(TokenLogprobs.largest(scores, count)).containsExactly(sorted);
    }

    @Test
    void aPartOfACharacterIsSpelledByItsBytes() {
        assertThat(TokenLogprobs.text(new byte[] {(byte) 0xe2, (byte) 0x80})).isEqualTo("bytes:\\xe2\\x80");
        assertThat(TokenLogprobs.text("\u20ac".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("\u20ac");
    }
}
