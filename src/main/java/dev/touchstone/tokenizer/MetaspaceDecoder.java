package dev.touchstone.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Tokens in which spaces are spelled as a visible character -> text.
 *
 * @param spaceInFront whether the encoder has put a space in front, which the first token then loses
 */
public record MetaspaceDecoder(String replacement, boolean spaceInFront) implements Decoder {
    @Override
    public Stream stream() {
        return new Stream() {
            private boolean first = spaceInFront;

            @Override
            public String add(String token) {
                String text = token.replace(replacement, first ? "" : " ");
                first = false;
                return text;
            }

            @Override
            public String flush() {
                return "";
            }
        };
    }

    @Override
    public byte[] bytes(String token) {
        return token.replace(replacement, " ").getBytes(StandardCharsets.UTF_8);
    }
}
