package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.normalizer.BertNormalizer;
import dev.touchstone.tokenizer.normalizer.ByteLevelNormalizer;
import dev.touchstone.tokenizer.normalizer.Lowercase;
import dev.touchstone.tokenizer.normalizer.Nmt;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.normalizer.Precompiled;
import dev.touchstone.tokenizer.normalizer.Prepend;
import dev.touchstone.tokenizer.normalizer.Replace;
import dev.touchstone.tokenizer.normalizer.Strip;
import dev.touchstone.tokenizer.normalizer.StripAccents;
import dev.touchstone.tokenizer.normalizer.UnicodeForm;
import java.text.Normalizer.Form;
import java.util.Base64;

/** Reads a normalizer. */
final class NormalizerReader {
    private NormalizerReader() {}

    static Normalizer read(Component component) {
        return switch (component.type()) {
            case "Sequence" ->
                Normalizer.sequence(component.components("normalizers").stream()
                        .map(NormalizerReader::read)
                        .toList());
            case "NFC", "NFD", "NFKC", "NFKD" -> new UnicodeForm(Form.valueOf(component.type()));
            case "Lowercase" -> new Lowercase();
            case "Strip" -> new Strip(component.flag("strip_left"), component.flag("strip_right"));
            case "StripAccents" -> new StripAccents();
            case "Nmt" -> new Nmt();
            case "BertNormalizer" -> bert(component);
            case "ByteLevel" -> new ByteLevelNormalizer();
            case "Prepend" -> new Prepend(component.string("prepend"));
            case "Replace" -> new Replace(PatternReader.read(component), component.string("content"));
            case "Precompiled" -> precompiled(component);
            default ->
                throw component.unsupported(
                        "NFC",
                        "NFD",
                        "NFKC",
                        "NFKD",
                        "Lowercase",
                        "Strip",
                        "StripAccents",
                        "Nmt",
                        "BertNormalizer",
                        "ByteLevel",
                        "Prepend",
                        "Replace",
                        "Precompiled",
                        "Sequence");
        };
    }

    private static Normalizer bert(Component component) {
        boolean lowercase = component.flag("lowercase");
        return new BertNormalizer(
                component.flag("clean_text"),
                component.flag("handle_chinese_chars"),
                component.flag("strip_accents", lowercase),
                lowercase);
    }

    private static Normalizer precompiled(Component component) {
        byte[] charsmap;
        try {
            charsmap = Base64.getDecoder().decode(component.string("precompiled_charsmap"));
        } catch (IllegalArgumentException e) {
            throw component.error("precompiled_charsmap", "Base64");
        }
        return component.make(() -> new Precompiled(charsmap));
    }
}
