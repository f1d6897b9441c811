package dev.touchstone.tokenizer;

import java.text.Normalizer.Form;

/** Changes text before it is tokenized, for example to a Unicode normalization form. */
@FunctionalInterface
public interface Normalizer {
    /** Leaves text unchanged, as in GPT-2. */
    Normalizer NONE = text -> text;

    /** The normalized text. */
    String normalize(String text);

    /** This normalizer, followed by another. */
    default Normalizer then(Normalizer next) {
        return text -> next.normalize(normalize(text));
    }

    /** A normalization form of Unicode, such as NFC. */
    static Normalizer unicode(Form form) {
        return new NormalForm(form);
    }

    /** Prepends a string to every text that is not empty. */
    static Normalizer prepending(String start) {
        return text -> text.isEmpty() ? text : start + text;
    }

    /** Replaces every occurrence of a string, which must not be empty. */
    static Normalizer replacing(String found, String content) {
        return text -> text.replace(found, content);
    }
}
