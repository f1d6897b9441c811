package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.Normalizer;
import java.text.Normalizer.Form;

/** Reads the normalizer. */
final class NormalizerReader {
    private NormalizerReader() {}

    /** The normalizer of a setting: one, a list, or none. */
    static Normalizer read(Component whole, String name) {
        Normalizer all = Normalizer.NONE;
        for (Component part : whole.parts(name)) {
            all = all.then(one(part));
        }
        return all;
    }

    private static Normalizer one(Component part) {
        return switch (part.type()) {
            case "Sequence" -> read(part.allow("type", "normalizers"), "normalizers");
            case "NFC", "NFD", "NFKC", "NFKD" ->
                Normalizer.unicode(Form.valueOf(part.allow("type").type()));
            case "Prepend" ->
                Normalizer.prepending(part.allow("type", "prepend").string("prepend"));
            case "Replace" -> {
                part.allow("type", "pattern", "content");
                yield Normalizer.replacing(PatternReader.literal(part), part.string("content"));
            }
            default -> throw part.unsupported("NFC", "NFD", "NFKC", "NFKD", "Prepend", "Replace", "Sequence", "null");
        };
    }
}
