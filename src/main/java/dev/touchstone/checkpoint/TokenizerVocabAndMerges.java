package dev.touchstone.checkpoint;

import dev.touchstone.TouchstoneException;
import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Bpe;
import dev.touchstone.tokenizer.ByteLevelDecoder;
import dev.touchstone.tokenizer.ByteLevelSplit;
import dev.touchstone.tokenizer.Normalizer;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;

/** Reads GPT-2's own format: {@code vocab.json}, token to id, and {@code merges.txt}. */
final class TokenizerVocabAndMerges {
    private static final String END_OF_TEXT = "<|endoftext|>";

    private TokenizerVocabAndMerges() {}

    /** The files say nothing of special tokens; as in Hugging Face's GPT-2, {@code <|endoftext|>} is one if it is there. */
    static Tokenizer read(String place, byte[] vocabulary, byte[] merges) {
        Map<String, Integer> ids =
                TokenizerPart.parse(place + "/vocab.json", vocabulary).integers();
        List<AddedToken> added = ids.containsKey(END_OF_TEXT)
                ? List.of(AddedToken.special(END_OF_TEXT, ids.get(END_OF_TEXT)))
                : List.of();
        Bpe bpe;
        try {
            bpe = new Bpe(ids, TokenizerMerges.ofLines(place + "/merges.txt", merges), null);
        } catch (TouchstoneException e) {
            throw e.getMessage().startsWith(place)
                    ? e
                    : new TouchstoneException(place + "/merges.txt: " + e.getMessage(), e);
        }
        try {
            return new Pipeline(
                    ids, added, Normalizer.NONE, new ByteLevelSplit(false, true), bpe, new ByteLevelDecoder());
        } catch (TouchstoneException e) {
            throw new TouchstoneException(place + "/vocab.json: " + e.getMessage(), e);
        }
    }
}
