package dev.touchstone.tokenizer.decoder;

/** Joins all tokens to one. */
public record Fuse() implements Decoder {
    @Override
    public boolean joins() {
        return true;
    }

    @Override
    public Run start() {
        return (token, out) -> out.accept(token);
    }
}
