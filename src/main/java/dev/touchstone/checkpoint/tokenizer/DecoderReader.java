package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.decoder.BpeDecoder;
import dev.touchstone.tokenizer.decoder.ByteFallback;
import dev.touchstone.tokenizer.decoder.ByteLevelDecoder;
import dev.touchstone.tokenizer.decoder.CtcDecoder;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.decoder.DecoderSequence;
import dev.touchstone.tokenizer.decoder.Fuse;
import dev.touchstone.tokenizer.decoder.MetaspaceDecoder;
import dev.touchstone.tokenizer.decoder.ReplaceDecoder;
import dev.touchstone.tokenizer.decoder.StripDecoder;
import dev.touchstone.tokenizer.decoder.WordPieceDecoder;
import dev.touchstone.tokenizer.pretokenizer.Metaspace;

/** Reads a decoder. */
final class DecoderReader {
    private DecoderReader() {}

    static Decoder read(Component component) {
        return switch (component.type()) {
            case "Sequence" ->
                new DecoderSequence(component.components("decoders").stream()
                        .map(DecoderReader::read)
                        .toList());
            case "ByteLevel" -> new ByteLevelDecoder();
            case "Metaspace" -> {
                Metaspace spaces = PreTokenizerReader.metaspace(component);
                yield new MetaspaceDecoder(spaces.replacement(), spaces.scheme() != Metaspace.Scheme.NEVER);
            }
            case "WordPiece" -> new WordPieceDecoder(component.string("prefix"), component.flag("cleanup"));
            case "BPEDecoder" -> new BpeDecoder(component.string("suffix"));
            case "CTC" ->
                new CtcDecoder(
                        component.string("pad_token"),
                        component.string("word_delimiter_token"),
                        component.flag("cleanup"));
            case "Replace" -> new ReplaceDecoder(PatternReader.read(component), component.string("content"));
            case "ByteFallback" -> new ByteFallback();
            case "Fuse" -> new Fuse();
            case "Strip" ->
                new StripDecoder(component.character("content"), component.count("start"), component.count("stop"));
            default ->
                throw component.unsupported(
                        "ByteLevel",
                        "Metaspace",
                        "WordPiece",
                        "BPEDecoder",
                        "CTC",
                        "Replace",
                        "ByteFallback",
                        "Fuse",
                        "Strip",
                        "Sequence");
        };
    }
}
