package dev.touchstone.zoo;

import dev.touchstone.tokenizer.StreamingDecoder;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.OptionalInt;

/** GPT-2's tokenizer with a changed text or a replaced encoding. */
record Wrapped(Encode whole, Encode ordinary) implements Tokenizer {
    /** A text's ids. */
    @FunctionalInterface
    interface Encode {
        int[] of(String text);
    }

    @Override
    public int[] encode(String text) {
        return whole.of(text);
    }

    @Override
    public int[] encodeOrdinary(String text) {
        return ordinary.of(text);
    }

    @Override
    public int[] encodeTemplated(String text) {
        return whole.of(text);
    }

    @Override
    public StreamingDecoder stream() {
        return TokenizerBugs.REAL.stream();
    }

    @Override
    public int vocabularySize() {
        return TokenizerBugs.REAL.vocabularySize();
    }

    @Override
    public String token(int id) {
        return TokenizerBugs.REAL.token(id);
    }

    @Override
    public byte[] bytes(int id) {
        return TokenizerBugs.REAL.bytes(id);
    }

    @Override
    public OptionalInt id(String token) {
        return TokenizerBugs.REAL.id(token);
    }

    @Override
    public boolean isSpecial(int id) {
        return TokenizerBugs.REAL.isSpecial(id);
    }
}
