package dev.touchstone.tokenizer;

/** Tokens spelled in the {@link ByteAlphabet} -> their bytes -> text, as UTF-8. */
public record ByteLevelDecoder() implements Decoder {
    @Override
    public Stream stream() {
        Utf8Stream text = new Utf8Stream();
        return new Stream() {
            @Override
            public String add(String token) {
                return text.add(bytes(token));
            }

            @Override
            public String flush() {
                return text.flush();
            }
        };
    }

    @Override
    public byte[] bytes(String token) {
        return ByteAlphabet.bytes(token);
    }
}
