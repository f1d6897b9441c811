package dev.touchstone.tokenizer;

import java.util.OptionalInt;

/**
 * Text to token ids and back. The text is not trimmed. An unpaired surrogate, which UTF-8 cannot encode, is read as
 * U+FFFD.
 */
public interface Tokenizer {
    /** The ids of a text. Special tokens in it, such as {@code <|endoftext|>}, become single ids. */
    int[] encode(String text);

    /**
     * The ids of untrusted text: special tokens in it are encoded as ordinary text. Called {@code split_special_tokens=True} by Hugging Face, {@code encode_ordinary} by tiktoken.
     */
    int[] encodeOrdinary(String text);

    /**
     * The ids of a text that contains all its special tokens, such as the output of a chat template: as
     * {@link #encode}, but without the tokens that the post-processor adds. Called {@code add_special_tokens=False} by Hugging Face.
     */
    int[] encodeTemplated(String text);

    /** The text of ids, special tokens included, with U+FFFD for malformed UTF-8. Ids without a token are skipped. */
    default String decode(int... ids) {
        StreamingDecoder stream = stream();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.add(id));
        }
        return text.append(stream.flush()).toString();
    }

    /** A decoder that takes one id at a time. */
    StreamingDecoder stream();

    /** One more than the largest id of a token, added tokens included. Ids below it may have no token. */
    int vocabularySize();

    /** A token as the vocabulary spells it, such as {@code Ġthe}; empty if the id has none. */
    String token(int id);

    /** The bytes of a token, such as those of {@code " the"}, or part of a character; empty if the id has none. */
    byte[] bytes(int id);

    /** The id of a token as the vocabulary spells it. */
    OptionalInt id(String token);

    /** Whether a token is special, as {@code <|endoftext|>} is. */
    boolean isSpecial(int id);
}
