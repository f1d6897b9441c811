package dev.touchstone.tokenizer;

import java.text.Normalizer.Form;

/** Text -> the text that is tokenized, such as that with composed letters. */
@FunctionalInterface
public interface Normalizer {
    /** Leaves text as it is, as GPT-2 does. */
    Normalizer NONE = text -> text;

    /** The normal form of a text. */
    String normalize(String text);

    /** Normalizes the text of this one further, with the next one. */
    default Normalizer then(Normalizer next) {
        return text -> next.normalize(normalize(text));
    }

    /** A normalization form of Unicode, such as NFC. */
    static Normalizer unicode(Form form) {
        return new NormalForm(form);
    }

    /** Puts something in front of every text that is not empty. */
    static Normalizer prepending(String start) {
        return text -> text.isEmpty() ? text : start + text;
    }

    /** Replaces a string, which is not empty, wherever it stands. */
    static Normalizer replacing(String found, String content) {
        return text -> text.replace(found, content);
    }
}
