package dev.touchstone.tokenizer;

import java.nio.charset.StandardCharsets;

/** Tokens as the vocabulary spells them -> text. */
public interface Decoder {
    /** Starts a text. */
    Stream stream();

    /** The bytes that one token stands for. */
    byte[] bytes(String token);

    /** One text as it grows. */
    interface Stream {
        /** The text that this token completes. */
        String add(String token);

        /** What is left at the end. */
        String flush();
    }

    /** Words with a space between: what Hugging Face does where a tokenizer has no decoder. */
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
