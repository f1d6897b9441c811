package dev.touchstone.tokenizer.decoder;

import java.util.function.Consumer;

/**
 * Removes repeated tokens, as the output of models for connectionist temporal classification has them.
 *
 * @param pad a token that is removed too
 * @param delimiter what becomes a space, with cleanup
 * @param cleanup whether to remove spaces before punctuation and English contractions
 */
public record CtcDecoder(String pad, String delimiter, boolean cleanup) implements Decoder {
    @Override
    public String inner(String token) {
        String text = token.replace(pad, "");
        return cleanup ? WordPieceDecoder.cleanUp(text).replace(delimiter, " ") : text;
    }

    @Override
    public Run start() {
        return new Run() {
            private String last;

            @Override
            public void add(String token, Consumer<String> out) {
                String text = token.equals(last) ? "" : inner(token);
                last = token;
                if (!text.isEmpty()) {
                    out.accept(text);
                }
            }
        };
    }
}
