package dev.touchstone.tokenizer;

import java.util.function.IntFunction;

/**
 * Decodes ids one at a time. Incomplete characters are held back until they are complete. The concatenation of all
 * returned texts, {@link #flush} included, equals {@link Tokenizer#decode} of all ids.
 */
public final class StreamingDecoder {
    private final IntFunction<String> tokens;
    private final Decoder.Stream stream;

    StreamingDecoder(IntFunction<String> tokens, Decoder.Stream stream) {
        this.tokens = tokens;
        this.stream = stream;
    }

    /** The text that is complete with this id; may be empty. Throws on an unknown id. */
    public String add(int id) {
        return stream.add(tokens.apply(id));
    }

    /** Ends the text: U+FFFD if the last character is incomplete, else empty. */
    public String flush() {
        return stream.flush();
    }
}
