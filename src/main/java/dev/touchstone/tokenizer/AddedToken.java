package dev.touchstone.tokenizer;

/**
 * A token that is matched in the text itself, before normalization or, if {@code normalized}, after it.
 *
 * @param special whether it is a control token, such as {@code <|endoftext|>}
 * @param singleWord whether it matches only where no word character is adjacent
 * @param lstrip whether it includes the white space before it
 * @param rstrip whether it includes the white space after it
 * @param normalized whether its normalized content is matched in the normalized text
 */
public record AddedToken(
        String content, boolean special, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized) {
    /** A special token without further conditions. */
    public static AddedToken special(String content) {
        return new AddedToken(content, true, false, false, false, false);
    }

    /** The same token, special. */
    public AddedToken asSpecial() {
        return new AddedToken(content, true, singleWord, lstrip, rstrip, normalized);
    }
}
