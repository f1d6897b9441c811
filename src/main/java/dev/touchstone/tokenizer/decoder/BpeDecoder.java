package dev.touchstone.tokenizer.decoder;

import java.util.function.Consumer;

/** Replaces the suffix of the last token of a word, such as {@code </w>}, with a space; in the last token it is removed. */
public record BpeDecoder(String suffix) implements Decoder {
    @Override
    public String inner(String token) {
        return token.replace(suffix, " ");
    }

    @Override
    public Run start() {
        return new Run() {
            private String last; // token, which waits for the next one

            @Override
            public void add(String token, Consumer<String> out) {
                if (last != null) {
                    out.accept(last.replace(suffix, " "));
                }
                last = token;
            }

            @Override
            public void end(Consumer<String> out) {
                if (last != null) {
                    out.accept(last.replace(suffix, ""));
                }
            }
        };
    }
}
