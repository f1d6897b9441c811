package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    @Test
    void tokensMapToIdsAndBack() {
        Vocabulary vocabulary = new Vocabulary(Map.of("a", 1, "b", 0));

        assertThat(vocabulary.size()).isEqualTo(2);
        assertThat(vocabulary.token(0)).isEqualTo("b");
        assertThat(vocabulary.token(1)).isEqualTo("a");
        assertThat(vocabulary.id("a")).isEqualTo(1);
        assertThat(vocabulary.id("c")).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 3})
    void anIdWithoutATokenThrows(int id) {
        assertThatThrownBy(() -> new Vocabulary(Map.of("a", 1, "b", 0)).token(id))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("token id " + id + " is not in the vocabulary, which has ids 0 to 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 3})
    void aGapThrows(int id) {
        assertThatThrownBy(() -> new Vocabulary(Map.of("a", id, "b", 0)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the vocabulary gives \"a\" the id " + id
                        + ", but with 2 tokens the ids must be 0 to 1, each used once");
    }

    @Test
    void anIdOfTwoTokensThrows() {
        assertThatThrownBy(() -> new Vocabulary(Map.of("a", 0, "b", 0)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("the vocabulary gives the id 0 to both ");
    }
}
