package dev.touchstone.tokenizer.decoder;

import java.util.function.Consumer;

/** Removes spaces before punctuation and English contractions from the text of a decoder: transformers' clean-up. */
public record CleanUp(Decoder decoder) implements Decoder {
    private static final String CHANGED = " .?!,'ntmsver";

    @Override
    public Run start() {
        Run run = decoder.start();
        StringBuilder held = new StringBuilder(); // may begin a match that later text completes
        return new Run() {
            @Override
            public void add(String token, Consumer<String> out) {
                run.add(token, held::append);
                int end = held.length();
                while (end > 0 && CHANGED.indexOf(held.charAt(end - 1)) >= 0) {
                    end--;
                }
                if (end > 0) {
                    out.accept(cleanUp(held.substring(0, end)));
                    held.delete(0, end);
                }
            }

            @Override
            public void end(Consumer<String> out) {
                run.end(held::append);
                out.accept(cleanUp(held.toString()));
            }
        };
    }

    @Override
    public String inner(String token) {
        return cleanUp(decoder.inner(token));
    }

    @Override
    public byte[] bytes(String token) {
        return decoder.bytes(token);
    }

    private static String cleanUp(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }
}
