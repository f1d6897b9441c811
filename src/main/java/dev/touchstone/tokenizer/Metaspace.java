package dev.touchstone.tokenizer;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * SentencePiece's treatment of spaces: each is written as a visible character, {@code ▁} (U+2581), and belongs to the word
 * after it: {@code "the cat" -> ▁the ▁cat}.
 *
 * @param replacement the visible character
 * @param scheme where one is prepended
 * @param words whether to split before each; else the text remains one piece
 */
public record Metaspace(String replacement, Scheme scheme, boolean words) implements PreTokenizer {
    /** To which texts a space is prepended if they do not begin with one. */
    public enum Scheme {
        ALWAYS,
        NEVER,
        /** Only to the beginning of the input, not after an added token. */
        FIRST
    }

    @Override
    public void split(String text, Consumer<String> pieces) {
        String spelled = text.replace(" ", replacement);
        boolean bare = scheme == Scheme.NEVER || spelled.isEmpty() || spelled.startsWith(replacement);
        PreTokenizer split = words
                ? new RegexSplit(Pattern.quote(replacement), RegexSplit.Behavior.MERGED_WITH_NEXT, false)
                : PreTokenizer.NONE;
        split.split(bare ? spelled : replacement + spelled, pieces);
    }

    @Override
    public PreTokenizer later() {
        return scheme == Scheme.FIRST ? new Metaspace(replacement, Scheme.NEVER, words) : this;
    }
}
