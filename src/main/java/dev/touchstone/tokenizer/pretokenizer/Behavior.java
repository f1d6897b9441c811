package dev.touchstone.tokenizer.pretokenizer;

/** What becomes of a match, with Hugging Face's names. Examples: {@code a-b} split by {@code -}. */
public enum Behavior {
    /** {@code a - b} */
    ISOLATED,
    /** {@code a b} */
    REMOVED,
    /** {@code a- b} */
    MERGED_WITH_PREVIOUS,
    /** {@code a -b} */
    MERGED_WITH_NEXT,
    /** {@code a - b}, and adjacent matches form one piece */
    CONTIGUOUS;

    /** Whether a range of text belongs to the same piece as the range before it. */
    boolean joins(boolean matchBefore, boolean match) {
        return switch (this) {
            case ISOLATED, REMOVED -> false;
            case MERGED_WITH_PREVIOUS -> match && !matchBefore;
            case MERGED_WITH_NEXT -> matchBefore && !match;
            case CONTIGUOUS -> match == matchBefore;
        };
    }
}
