package dev.touchstone.tokenizer;

/**
 * A token that is found in text as it stands, before anything else looks at the text.
 *
 * @param special whether it is no part of the text proper, such as {@code <|endoftext|>}
 * @param singleWord whether it counts only where no letter, digit or underscore touches it
 * @param lstrip whether it swallows white space before it
 * @param rstrip whether it swallows white space after it
 * @param normalized whether it is looked for after the normalizer, itself normalized
 */
public record AddedToken(
        String content,
        int id,
        boolean special,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized) {
    /** A special token without further conditions. */
    public static AddedToken special(String content, int id) {
        return new AddedToken(content, id, true, false, false, false, false);
    }

    AddedToken withContent(String text) {
        return new AddedToken(text, id, special, singleWord, lstrip, rstrip, normalized);
    }
}
