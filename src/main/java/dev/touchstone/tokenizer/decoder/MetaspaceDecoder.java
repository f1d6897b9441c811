package dev.touchstone.tokenizer.decoder;

import java.util.function.Consumer;

/**
 * Replaces the visible character of Metaspace with a space.
 *
 * @param spaceInFront whether the encoder prepends a space: the character is then removed from the first token
 */
public record MetaspaceDecoder(String replacement, boolean spaceInFront) implements Decoder {
    @Override
    public Run start() {
        return new Run() {
            private boolean first = spaceInFront;

            @Override
            public void add(String token, Consumer<String> out) {
                out.accept(token.replace(replacement, first ? "" : " "));
                first = false;
            }
        };
    }
}
