package dev.touchstone.tokenizer.decoder;

/**
 * Removes a character at both ends of each token.
 *
 * @param content the character
 * @param first how many at most at the beginning
 * @param last how many at most at the end
 */
public record StripDecoder(int content, int first, int last) implements Decoder {
    @Override
    public Run start() {
        return (token, out) -> out.accept(inner(token));
    }

    @Override
    public String inner(String token) {
        int width = Character.charCount(content);
        int from = 0;
        int to = token.length();
        for (int i = 0; i < first && from < to && token.codePointAt(from) == content; i++) {
            from += width;
        }
        for (int i = 0; i < last && from < to && token.codePointBefore(to) == content; i++) {
            to -= width;
        }
        return token.substring(from, to);
    }
}
