package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.util.Map;
import java.util.function.IntConsumer;

/** One token a word; a word outside the vocabulary is the unknown token. */
public record WordLevel(Map<String, Integer> ids, String unknown) implements TokenModel {
    @Override
    public void encode(String piece, IntConsumer out) {
        Integer id = ids.getOrDefault(piece, ids.get(unknown));
        if (id == null) {
            throw new TouchstoneException("the vocabulary has neither the word \"" + piece
                    + "\" nor the unknown token \"" + unknown + "\"; use words that it has");
        }
        out.accept(id);
    }
}
