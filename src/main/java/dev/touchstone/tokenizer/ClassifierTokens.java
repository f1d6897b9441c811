package dev.touchstone.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * BertProcessing and RobertaProcessing: a token before the text and one after it.
 *
 * @param cls the id before the text
 * @param sep the id after the text
 * @param twoSeparators whether each further part gets a separator on both sides, as with RoBERTa, and not only after it
 */
public record ClassifierTokens(int cls, int sep, boolean twoSeparators) implements PostProcessor {
    @Override
    public List<int[]> process(List<int[]> parts, boolean addSpecial) {
        if (!addSpecial) {
            return parts;
        }
        List<int[]> processed = new ArrayList<>();
        for (int[] part : parts) {
            IntStream before =
                    processed.isEmpty() ? IntStream.of(cls) : twoSeparators ? IntStream.of(sep) : IntStream.empty();
            processed.add(IntStream.concat(IntStream.concat(before, IntStream.of(part)), IntStream.of(sep))
                    .toArray());
        }
        return processed;
    }
}
