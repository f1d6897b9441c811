package dev.touchstone.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class Utf8Test {
    /** As Java's strict decoder, which reads or refuses the same bytes. */
    @Property(tries = 2_000)
    void anyBytesAreReadOrRefusedAsByAStrictDecoder(@ForAll @Size(max = 12) byte[] content) {
        try {
            String expected =
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            assertThat(Utf8.text("f", content)).isEqualTo(expected);
        } catch (CharacterCodingException e) {
            assertThatThrownBy(() -> Utf8.text("f", content)).hasMessage("f is not UTF-8; download or save it again");
        }
    }

    @Property
    void textIsReadAsItWasWritten(@ForAll String text) {
        String valid = new String(text.getBytes(UTF_8), UTF_8); // without lone surrogates

        assertThat(Utf8.text("f", text.getBytes(UTF_8))).isEqualTo(valid);
    }

    @Test
    void theReplacementCharacterMayBeInATextButNotReplaceBytes() {
        assertThat(Utf8.text("f", "a\uFFFDb".getBytes(UTF_8))).isEqualTo("a\uFFFDb");
        assertThatThrownBy(() -> Utf8.text("f", new byte[] {'a', (byte) 0xFF})).isInstanceOf(TouchstoneException.class);
    }
}
