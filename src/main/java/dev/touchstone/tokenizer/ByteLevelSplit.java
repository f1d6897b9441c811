package dev.touchstone.tokenizer;

import java.util.function.Consumer;

/**
 * GPT-2's pre-tokenizer: words, split as text, and only then spelled in the {@link ByteAlphabet}.
 *
 * @param addPrefixSpace whether a text that does not begin with a space gets one
 * @param useRegex whether to split words here; some tokenizers do it before
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
