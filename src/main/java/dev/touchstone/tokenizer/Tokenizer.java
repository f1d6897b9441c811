package dev.touchstone.tokenizer;

import java.util.OptionalInt;

/**
 * Text to token ids and back. Nothing is trimmed, nothing is added, and a half of a surrogate pair without its other half,
 * which no UTF-8 can express, counts as U+FFFD.
 */
public interface Tokenizer {
    /** The ids of a text, in which the spelling of a special token such as {@code <|endoftext|>} means that token. */
    int[] encode(String text);

    /**
     * The ids of a text from someone who must not be able to write special tokens: their spelling is ordinary text here.
     * Called {@code split_special_tokens=True} by Hugging Face, {@code encode_ordinary} by tiktoken.
     */
    int[] encodeOrdinary(String text);

    /**
     * The ids of a text in which all special tokens are spelled out, such as what a chat template makes: as
     * {@link #encode}, but nothing is put before or after it. Called {@code add_special_tokens=False} by Hugging Face.
     */
    int[] encodeTemplated(String text);

    /** The text of ids, special tokens spelled out, U+FFFD where the bytes are no UTF-8. Refuses an unknown id. */
    default String decode(int... ids) {
        StreamingDecoder stream = stream();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.add(id));
        }
        return text.append(stream.flush()).toString();
    }

    /** A decoder to be fed one id at a time, as a model generates them. */
    StreamingDecoder stream();

    /** How many tokens there are, added ones included; ids are 0 to this, exclusive. */
    int vocabularySize();

    /** A token as the vocabulary spells it, such as {@code Ġthe}. Refuses an unknown id. */
    String token(int id);

    /** The bytes a token stands for, such as those of {@code " the"}; part of a character, maybe. Refuses an unknown id. */
    byte[] bytes(int id);

    /** The id of a token as the vocabulary spells it. */
    OptionalInt id(String token);

    /** Whether a token is a special one, no part of the text proper. Refuses an unknown id. */
    boolean isSpecial(int id);
}
