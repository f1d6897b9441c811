package dev.touchstone.tokenizer.decoder;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Turns tokens, as the vocabulary spells them, into other tokens, which joined are the text. */
public interface Decoder {
    /** Starts the decoding of one text. */
    Run start();

    /** What a token becomes that is neither the first nor the last of its text. */
    default String inner(String token) {
        StringBuilder inner = new StringBuilder();
        Run run = start();
        run.add("a", text -> {});
        run.add(token, inner::append);
        return inner.toString();
    }

    /** The bytes of such a token; null if they are the UTF-8 of {@link #inner}. */
    default byte[] bytes(String token) {
        return null;
    }

    /** Whether it joins all tokens to a single one, of which it passes on parts as they become known. */
    default boolean joins() {
        return false;
    }

    /** The decoding of one text, token by token. */
    interface Run {
        /** Takes a token; passes on the tokens that are complete with it. */
        void add(String token, Consumer<String> out);

        /** Ends the text: passes on the tokens that are left. */
        default void end(Consumer<String> out) {}
    }

    /** Joins tokens with spaces, as Hugging Face's library does if a tokenizer has no decoder. */
    Decoder WORDS = new Decoder() {
        @Override
        public String inner(String token) {
            return token;
        }

        @Override
        public Run start() {
            return new Run() {
                private String space = "";

                @Override
                public void add(String token, Consumer<String> out) {
                    out.accept(space + token);
                    space = " ";
                }
            };
        }
    };

    /** The bytes of a token by itself, such as those of {@code " the"}. */
    static byte[] bytes(Decoder decoder, String token) {
        byte[] bytes = decoder.bytes(token);
        return bytes != null ? bytes : decoder.inner(token).getBytes(StandardCharsets.UTF_8);
    }
}
