package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tokenizer.normalizer.Lowercase;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The ids of added tokens are those that tokenizers 0.23 in Python gives. */
class VocabularyTest {
    private static AddedToken token(String content) {
        return new AddedToken(content, false, false, false, false, true);
    }

    private static Vocabulary vocabulary(Map<String, Integer> ids) {
        return new Vocabulary(ids, Normalizer.NONE);
    }

    @Test
    void tokensMapToIdsAndBackAcrossGaps() {
        Vocabulary vocabulary = vocabulary(Map.of("a", 0, "b", 7));

        assertThat(vocabulary.size()).isEqualTo(8);
        assertThat(vocabulary.token(7)).isEqualTo("b");
        assertThat(vocabulary.token(3)).isNull();
        assertThat(vocabulary.token(8)).isNull();
        assertThat(vocabulary.id("b")).isEqualTo(7);
        assertThat(vocabulary.id("c")).isNull();
    }

    @Test
    void newTokensGetTheNextIdsAndKnownOnesKeepTheirs() {
        Vocabulary vocabulary = vocabulary(Map.of("a", 0, "b", 7, "x", 9));

        vocabulary.add(List.of(token("xy"), token("b"), token("zz"), token("xy"), token("")));
        vocabulary.add(List.of(token("later")));

        assertThat(vocabulary.id("xy")).isEqualTo(3);
        assertThat(vocabulary.id("b")).isEqualTo(7);
        assertThat(vocabulary.id("zz")).isEqualTo(4);
        assertThat(vocabulary.id("later")).isEqualTo(8); // after "b"
        assertThat(vocabulary.token(3)).isEqualTo("xy");
    }

    @Test
    void anAddedTokenTakesTheIdOfAnotherTokenIfItsTurnComes() {
        Vocabulary vocabulary = vocabulary(Map.of("a", 0, "b", 2));

        vocabulary.add(List.of(token("xy")));

        assertThat(vocabulary.token(2)).isEqualTo("xy");
        assertThat(vocabulary.id("b")).isEqualTo(2);
    }

    @Test
    void aNormalizedTokenDecodesNormalized() {
        Vocabulary vocabulary = new Vocabulary(Map.of("a", 0), new Lowercase());

        vocabulary.add(List.of(token("XY"), new AddedToken("Z", true, false, false, false, false)));

        assertThat(vocabulary.token(1)).isEqualTo("xy");
        assertThat(vocabulary.token(2)).isEqualTo("Z");
    }

    @Test
    void anIdOfTwoTokensThrows() {
        assertThatThrownBy(() -> vocabulary(Map.of("a", 0, "b", 0)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("the vocabulary gives the id 0 to both ");
    }

    @Test
    void aNegativeIdThrows() {
        assertThatThrownBy(() -> vocabulary(Map.of("a", -1)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the vocabulary gives \"a\" the id -1, expected 0 or more");
    }

    @Test
    void anEnormousIdThrows() {
        assertThatThrownBy(() -> vocabulary(Map.of("a", Integer.MAX_VALUE)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the vocabulary has 1 tokens, but the id 2147483647; expected ids with fewer than 1048576"
                        + " missing");
    }
}
