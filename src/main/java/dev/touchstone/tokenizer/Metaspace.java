package dev.touchstone.tokenizer;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * SentencePiece's view of spaces: each is spelled as a visible character, {@code ▁} (U+2581), and belongs to the word after
 * it: {@code "the cat" -> ▁the ▁cat}.
 *
 * @param replacement the visible character
 * @param scheme where one is put in front
 * @param words whether to split before each; else the text stays in one piece
 */
public record Metaspace(String replacement, Scheme scheme, boolean words) implements PreTokenizer {
    /** Which texts that do not begin with a space get one in front. */
    public enum Scheme {
        ALWAYS,
        NEVER,
        /** The beginning of a text, but not what follows an added token. */
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
