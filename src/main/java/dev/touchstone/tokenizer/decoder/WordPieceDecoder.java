package dev.touchstone.tokenizer.decoder;

import java.util.function.Consumer;

/**
 * Puts a space before each token but the first and those that continue a word, of which the prefix is removed.
 *
 * @param prefix what tokens begin with that continue a word, such as {@code ##}
 * @param cleanup whether to remove spaces before punctuation and English contractions
 */
public record WordPieceDecoder(String prefix, boolean cleanup) implements Decoder {
    @Override
    public Run start() {
        return new Run() {
            private boolean first = true;

            @Override
            public void add(String token, Consumer<String> out) {
                boolean continues = token.startsWith(prefix);
                String text = first ? token : continues ? token.substring(prefix.length()) : " " + token;
                out.accept(cleanup ? cleanUp(text) : text);
                first = false;
            }
        };
    }

    /** Without spaces before punctuation and English contractions. */
    static String cleanUp(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" do not", " don't")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }
}
