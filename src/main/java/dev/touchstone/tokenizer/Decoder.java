package dev.touchstone.tokenizer;

import java.nio.charset.StandardCharsets;

/** Turns tokens, as the vocabulary spells them, into text. */
public interface Decoder {
    /** Starts a text. */
    Stream stream();

    /** The bytes of a single token. */
    byte[] bytes(String token);

    /** The decoding of one text, token by token. */
    interface Stream {
        /** The text that is complete with this token. */
        String add(String token);

        /** The rest of the text. */
        String flush();
    }

    /** Joins tokens with spaces, as Hugging Face's library does if a tokenizer has no decoder. */
    Decoder WORDS = new Decoder() {
        @Override
        public Stream stream() {
            return new Stream() {
                private String space = "";

                @Override
                public String add(String token) {
                    String text = space + token;
                    space = " ";
                    return text;
                }

                @Override
                public String flush() {
                    return "";
                }
            };
        }

        @Override
        public byte[] bytes(String token) {
            return token.getBytes(StandardCharsets.UTF_8);
        }
    };
}
