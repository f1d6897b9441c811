package dev.touchstone.tokenizer.model;

import java.util.function.IntConsumer;

/** Turns a piece of text into ids; the "model" in {@code tokenizer.json}. */
@FunctionalInterface
public interface TokenModel {
    /** Passes on the ids of a piece, in order. */
    void encode(String piece, IntConsumer ids);
}
