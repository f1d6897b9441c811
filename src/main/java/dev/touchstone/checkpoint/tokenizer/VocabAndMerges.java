package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.Vocabulary;
import dev.touchstone.tokenizer.decoder.ByteLevelDecoder;
import dev.touchstone.tokenizer.model.Bpe;
import dev.touchstone.tokenizer.model.Merge;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.ByteLevelSplit;
import java.util.List;
import java.util.Map;

/** Reads GPT-2's format: {@code vocab.json}, an object of ids by token, and {@code merges.txt}. */
final class VocabAndMerges {
    private static final String END_OF_TEXT = "<|endoftext|>";

    private VocabAndMerges() {}

    /** These files list no special tokens; as in Hugging Face's GPT-2, {@code <|endoftext|>} is one if the vocabulary has it. */
    static Tokenizer read(String place, byte[] vocabulary, byte[] merges) {
        Component vocab = Component.parse(place + "/vocab.json", vocabulary);
        Map<String, Integer> ids = vocab.integers();
        List<AddedToken> added = ids.containsKey(END_OF_TEXT) ? List.of(AddedToken.special(END_OF_TEXT)) : List.of();
        List<Merge> lines = MergesReader.ofLines(place + "/merges.txt", merges);
        Vocabulary tokens = vocab.make(() -> new Vocabulary(ids, Normalizer.NONE));
        tokens.add(added);
        return vocab.make(() -> new Pipeline(
                tokens,
                new Pipeline.Stages(
                        Normalizer.NONE,
                        new ByteLevelSplit(false, true),
                        new Bpe(ids, lines),
                        PostProcessor.NONE,
                        new ByteLevelDecoder(),
                        false)));
    }
}
