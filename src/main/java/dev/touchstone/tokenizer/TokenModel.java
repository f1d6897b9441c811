package dev.touchstone.tokenizer;

import java.util.function.IntConsumer;

/** A piece of text -> ids; what Hugging Face calls the model of a tokenizer. */
@FunctionalInterface
public interface TokenModel {
    /** Hands over the ids of a piece, in order. */
    void encode(String piece, IntConsumer ids);
}
