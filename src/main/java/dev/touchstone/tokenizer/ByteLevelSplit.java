package dev.touchstone.tokenizer;

import java.util.function.Consumer;

/**
 * GPT-2's pre-tokenizer: splits text into words, then maps their bytes to the {@link ByteAlphabet}.
 *
 * @param addPrefixSpace whether to prepend a space to text that does not begin with one
 * @param useRegex whether to split into words; false if another pre-tokenizer does it
 */
public record ByteLevelSplit(boolean addPrefixSpace, boolean useRegex) implements PreTokenizer {
    private static final PreTokenizer WORDS = RegexSplit.isolating(RegexSplit.GPT2);

    @Override
    public void split(String text, Consumer<String> pieces) {
        String prefixed = addPrefixSpace && !text.startsWith(" ") ? " " + text : text;
        PreTokenizer words = useRegex ? WORDS : PreTokenizer.NONE;
        words.split(prefixed, word -> pieces.accept(ByteAlphabet.spell(word)));
    }
}
