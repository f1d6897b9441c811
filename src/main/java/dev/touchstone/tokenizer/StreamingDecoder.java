package dev.touchstone.tokenizer;

import dev.touchstone.tokenizer.decoder.Decoder;
import java.util.function.IntFunction;

/**
 * Decodes ids one at a time. Text that later ids can still change, such as an incomplete character, is held back until it
 * is complete. The concatenation of all returned texts, {@link #flush} included, equals {@link Tokenizer#decode} of all ids.
 */
public final class StreamingDecoder {
    private final IntFunction<String> tokens;
    private final Decoder.Run run;

    /** @param tokens the token of an id, or null if it has none */
    StreamingDecoder(IntFunction<String> tokens, Decoder.Run run) {
        this.tokens = tokens;
        this.run = run;
    }

    /** The text that is complete with this id; may be empty. An id without a token changes nothing. */
    public String add(int id) {
        StringBuilder text = new StringBuilder();
        String token = tokens.apply(id);
        if (token != null) {
            run.add(token, text::append);
        }
        return text.toString();
    }

    /** Ends the text: returns what was held back, with U+FFFD for an incomplete character. */
    public String flush() {
        StringBuilder text = new StringBuilder();
        run.end(text::append);
        return text.toString();
    }
}
