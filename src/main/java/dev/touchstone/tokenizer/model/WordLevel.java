package dev.touchstone.tokenizer.model;

import dev.touchstone.util.TouchstoneException;
import java.util.Map;
import java.util.function.IntConsumer;

/** Each piece is one token; pieces outside the vocabulary become the unknown token. */
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
