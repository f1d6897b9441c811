package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.text.ByteAlphabet;
import dev.touchstone.tokenizer.text.Piece;
import java.util.function.Consumer;

/**
 * GPT-2's pre-tokenizer: splits text into words, then maps their bytes to the {@link ByteAlphabet}.
 *
 * @param addPrefixSpace whether to prepend a space to text that does not begin with one
 * @param useRegex whether to split into words; false if another pre-tokenizer does it
 */
public record ByteLevelSplit(boolean addPrefixSpace, boolean useRegex) implements PreTokenizer {
    /** GPT-2's words, from its {@code encoder.py}: contractions, letters, numbers, the rest, and spaces but the last one. */
    public static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final PreTokenizer WORDS = Split.isolating(GPT2);

    @Override
    public void split(Piece text, Consumer<Piece> pieces) {
        Piece prefixed = addPrefixSpace && !text.text().startsWith(" ") ? text.prepend(" ") : text;
        PreTokenizer words = useRegex ? WORDS : NONE;
        words.split(prefixed, word -> pieces.accept(word.map(ByteAlphabet::spell)));
    }
}
