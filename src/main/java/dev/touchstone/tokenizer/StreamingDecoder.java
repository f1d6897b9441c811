package dev.touchstone.tokenizer;

import java.util.function.IntFunction;

/**
 * Decodes ids one at a time: returns the text that is complete and keeps half a character until its other half comes. The
 * texts together, the last one from {@link #flush}, are what {@link Tokenizer#decode} returns for the ids together.
 */
public final class StreamingDecoder {
    private final IntFunction<String> tokens;
    private final Decoder.Stream stream;

    StreamingDecoder(IntFunction<String> tokens, Decoder.Stream stream) {
        this.tokens = tokens;
        this.stream = stream;
    }

    /** The text that this id completes; empty if there is none yet. Refuses an unknown id. */
    public String add(int id) {
        return stream.add(tokens.apply(id));
    }

    /** Ends the text: U+FFFD if half a character is left, else empty. */
    public String flush() {
        return stream.flush();
    }
}
