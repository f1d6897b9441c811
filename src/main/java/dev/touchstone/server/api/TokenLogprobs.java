package dev.touchstone.server.api;

import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The log-probability of a token, and the most likely tokens in its place. The probabilities are those of the model, before any
 * penalty, bias or temperature.
 *
 * @param offset where the token begins in the text of the choice, in UTF-16 units
 * @param own null for the first token of a prompt, before which there is nothing
 */
record TokenLogprobs(int offset, Token token, Float own, List<Alternative> top) {
    /** @param text as {@link TokenLogprobs#text} */
    record Token(String text, byte[] bytes) {}

    record Alternative(Token token, float logprob) {}

    /**
     * @param logits those from which the token was chosen; null for the first token of a prompt. (V)
     * @param most how many alternatives are listed
     */
    static TokenLogprobs of(int id, int offset, float[] logits, int most, Tokenizer tokenizer) {
        if (logits == null) {
            return new TokenLogprobs(offset, token(id, tokenizer), null, List.of());
        }
        float[] logprobs = Probabilities.logSoftmax(logits);
        List<Alternative> top = new ArrayList<>();
        for (int best : largest(logprobs, most)) {
            top.add(new Alternative(token(best, tokenizer), logprobs[best]));
        }
        return new TokenLogprobs(offset, token(id, tokenizer), logprobs[id], top);
    }

    /** The indices of the largest values, in their order; of equal ones the first. (V) -> (at most {@code count}) */
    static int[] largest(float[] values, int count) {
        int[] best = new int[Math.min(count, values.length)];
        int found = 0;
        for (int v = 0; v < values.length && best.length > 0; v++) {
            if (found == best.length && values[v] <= values[best[found - 1]]) {
                continue;
            }
            int place = found < best.length ? found++ : found - 1;
            while (place > 0 && values[v] > values[best[place - 1]]) {
                best[place] = best[--place];
            }
            best[place] = v;
        }
        return Arrays.copyOf(best, found);
    }

    private static Token token(int id, Tokenizer tokenizer) {
        byte[] bytes = tokenizer.bytes(id);
        return new Token(text(bytes), bytes);
    }

    /** The text of a token; {@code bytes:\xe2\x80} if it is a part of a character, as OpenAI spells it. */
    static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder escaped = new StringBuilder("bytes:");
            for (byte b : bytes) {
                escaped.append(String.format("\\x%02x", b));
            }
            return escaped.toString();
        }
    }
}
