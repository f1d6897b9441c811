package dev.touchstone.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Replaces the visible character of {@link Metaspace} with a space.
 *
 * @param spaceInFront whether the encoder prepends a space: the character is then removed from the first token
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
