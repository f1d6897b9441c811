package dev.touchstone.tokenizer.decoder;

import dev.touchstone.tokenizer.text.ByteAlphabet;
import dev.touchstone.tokenizer.text.Utf8Stream;
import java.util.function.Consumer;

/** Maps characters of the {@link ByteAlphabet} to bytes and decodes them as UTF-8. */
public record ByteLevelDecoder() implements Decoder {
    @Override
    public boolean joins() {
        return true;
    }

    @Override
    public byte[] bytes(String token) {
        return ByteAlphabet.bytes(token);
    }

    @Override
    public Run start() {
        Utf8Stream text = new Utf8Stream();
        return new Run() {
            @Override
            public void add(String token, Consumer<String> out) {
                out.accept(text.add(ByteAlphabet.bytes(token)));
            }

            @Override
            public void end(Consumer<String> out) {
                out.accept(text.flush());
            }
        };
    }
}
