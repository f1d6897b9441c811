package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.regex.Pattern;
import dev.touchstone.tokenizer.text.Piece;
import java.util.function.Consumer;

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
    public void split(Piece text, Consumer<Piece> pieces) {
        Piece spelled = text.map(chars -> chars.replace(" ", replacement));
        boolean bare = spelled.isEmpty()
                || spelled.text().startsWith(replacement)
                || scheme == Scheme.NEVER
                || scheme == Scheme.FIRST && !text.isFirst();
        PreTokenizer split = words ? new Split(Pattern.literal(replacement), Behavior.MERGED_WITH_NEXT, false) : NONE;
        split.split(bare ? spelled : spelled.prepend(replacement), pieces);
    }
}
