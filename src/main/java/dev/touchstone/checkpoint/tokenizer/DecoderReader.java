package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.ByteLevelDecoder;
import dev.touchstone.tokenizer.Decoder;
import dev.touchstone.tokenizer.Metaspace;
import dev.touchstone.tokenizer.MetaspaceDecoder;
import dev.touchstone.tokenizer.SentencePieceDecoder;
import java.util.List;

/** Reads the decoder. */
final class DecoderReader {
    private static final String[] SUPPORTED = {
        "ByteLevel", "Metaspace", "Sequence of Replace, ByteFallback, Fuse and Strip", "null"
    };

    private DecoderReader() {}

    static Decoder read(Component whole) {
        for (Component part : whole.parts("decoder")) {
            return switch (part.type()) {
                case "ByteLevel" -> new ByteLevelDecoder();
                case "Metaspace" -> {
                    Metaspace spaces = PreTokenizerReader.metaspace(part);
                    yield new MetaspaceDecoder(spaces.replacement(), spaces.scheme() != Metaspace.Scheme.NEVER);
                }
                case "Sequence" -> sequence(part, part.allow("type", "decoders").parts("decoders"));
                default -> throw part.unsupported(SUPPORTED);
            };
        }
        return Decoder.WORDS;
    }

    /** The sequence of SentencePiece tokenizers, in this order; each of the four may be missing. */
    private static Decoder sequence(Component sequence, List<Component> parts) {
        String spelling = "▁";
        String meaning = "▁";
        boolean byteFallback = false;
        char stripped = ' ';
        int most = 0;
        int place = 0;
        boolean fused = false;
        for (Component part : parts) {
            int before = place;
            switch (part.type()) {
                case "Replace" -> {
                    place = 1;
                    spelling = PatternReader.literal(part.allow("type", "pattern", "content"));
                    meaning = part.string("content");
                }
                case "ByteFallback" -> {
                    place = 2;
                    byteFallback = true;
                }
                case "Fuse" -> {
                    place = 3;
                    fused = true;
                }
                case "Strip" -> {
                    place = 4;
                    part.allow("type", "content", "start", "stop");
                    stripped = part.character("content", ' ');
                    most = part.integer("start");
                    if (part.integer("stop") != 0 || most < 0 || !fused) {
                        throw part.error("must strip the beginning of the text: start 0 or more, stop 0, after Fuse;"
                                + " found " + part.json());
                    }
                }
                default -> throw part.unsupported(SUPPORTED);
            }
            if (place <= before) {
                throw sequence.error("has " + part.type()
                        + " where it is not supported; supported is the order Replace," + " ByteFallback, Fuse, Strip");
            }
        }
        return new SentencePieceDecoder(spelling, meaning, byteFallback, stripped, most);
    }
}
