package dev.touchstone.tokenizer.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.Gpt2;
import dev.touchstone.tokenizer.Texts;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8StreamTest {
    /** The first or last byte of each class that UTF-8 distinguishes. */
    private static final int[] BYTES = {
        0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5
    };

    @Test
    void malformedUtf8DecodesAsInHuggingFace() {
        int[] idOfByte = new int[256];
        for (int id = 0; id < 256; id++) {
            idOfByte[Gpt2.OURS.bytes(id)[0] & 0xFF] = id;
        }
        int n = BYTES.length;
        for (int a = 0; a < n; a++) { // all 83,521 sequences of four, an "a" after each to end it
            int[] ids = new int[n * n * n * 5];
            for (int i = 0; i < n * n * n; i++) {
                int[] four = {a, i / n / n, i / n % n, i % n};
                for (int k = 0; k < 4; k++) {
                    ids[5 * i + k] = idOfByte[BYTES[four[k]]];
                }
                ids[5 * i + 4] = idOfByte['a'];
            }

            assertThat(Gpt2.OURS.decode(ids).equals(Gpt2.HUGGING_FACE.decode(ids)))
                    .as("begins with %X", BYTES[a])
                    .isTrue();
        }
    }

    @Test
    void everyCodePointDecodesByteByByte() {
        Texts.codePoints().forEach(codePoint -> {
            String character = Character.toString(codePoint);
            Utf8Stream stream = new Utf8Stream();
            StringBuilder text = new StringBuilder();
            byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                text.append(stream.add(new byte[] {bytes[i]}));
            }
            if (!text.toString().equals(character) || !stream.flush().isEmpty()) {
                throw new AssertionError("U+%04X became \"%s\"".formatted(codePoint, text));
            }
        });
    }
}
