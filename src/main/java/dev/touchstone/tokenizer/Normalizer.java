package dev.touchstone.tokenizer;

/** Text -> the text that is tokenized, such as lower case. */
@FunctionalInterface
public interface Normalizer {
    /** Leaves text as it is, as GPT-2 does. */
    Normalizer NONE = text -> text;

    /** The normal form of a text. */
    String normalize(String text);
}
