package dev.touchstone.tokenizer;

/** Maps characters of the {@link ByteAlphabet} to bytes and decodes them as UTF-8. */
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
