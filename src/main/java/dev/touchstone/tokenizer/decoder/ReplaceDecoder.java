package dev.touchstone.tokenizer.decoder;

import dev.touchstone.tokenizer.regex.Pattern;

/** Replaces every match of a pattern in each token with a string. */
public record ReplaceDecoder(Pattern pattern, String content) implements Decoder {
    @Override
    public Run start() {
        return (token, out) -> out.accept(inner(token));
    }

    @Override
    public String inner(String token) {
        StringBuilder replaced = new StringBuilder();
        int[] done = {0};
        pattern.find(token, (start, end) -> {
            replaced.append(token, done[0], start).append(content);
            done[0] = end;
        });
        return replaced.append(token, done[0], token.length()).toString();
    }
}
