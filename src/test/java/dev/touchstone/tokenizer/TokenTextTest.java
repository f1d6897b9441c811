package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens are displayed with the escapes of Java's string literals; all invisible characters are escaped. */
class TokenTextTest {
    @Test
    void visibleCharactersAreNotEscaped() {
        assertThat(TokenText.quoted("")).isEqualTo("\"\"");
        assertThat(TokenText.quoted(" the 1é中😀!~")).isEqualTo("\" the 1é中😀!~\"");
    }

    @Test
    void escapesWithALetterAreUsed() {
        assertThat(TokenText.quoted("a\nb\rc\td\"e\\")).isEqualTo("\"a\\nb\\rc\\td\\\"e\\\\\"");
    }

    /** A control character, white space, format characters, surrogates, a private-use character, and two unassigned ones. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x0000, 0x001F, 0x007F, 0x00A0, 0x3000, 0x00AD, 0x200B, 0xFEFF, 0xD800, 0xDFFF, 0xE000, 0x2028, 0x2029,
                0xFFFF, 0xE0001, 0x10FFFF
            })
    void invisibleCharactersAreWrittenAsNumbers(int codePoint) {
        String text = "a" + Character.toString(codePoint) + "b";

        assertThat(TokenText.quoted(text)).isEqualTo("\"a\\u%04Xb\"".formatted(codePoint));
    }

    /** The tokens of GPT-2 for " the", a line feed, and the beginning of an emoji, F0 9F 98. */
    @Test
    void aTokenIsShownAsTextOrAsBytesIfItIsPartOfACharacter() {
        assertThat(TokenText.quoted(Gpt2.OURS, 262)).isEqualTo("\" the\"");
        assertThat(TokenText.quoted(Gpt2.OURS, 198)).isEqualTo("\"\\n\"");
        assertThat(TokenText.quoted(Gpt2.OURS, 47249)).isEqualTo("\"\\xF0\\x9F\\x98\"");
    }
}
