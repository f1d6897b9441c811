package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.Bpe;
import dev.touchstone.tokenizer.Merge;
import dev.touchstone.tokenizer.TokenModel;
import dev.touchstone.tokenizer.WordLevel;
import java.util.List;
import java.util.Map;

/** Reads the model of a tokenizer, which turns pieces into ids. */
final class ModelReader {
    private ModelReader() {}

    static TokenModel read(Component part, Map<String, Integer> ids) {
        // Old files have no type; a model with merges is a BPE.
        String type = part.text("type").orElse(part.has("merges") ? "BPE" : "missing");
        return switch (type) {
            case "BPE" -> bpe(part, ids);
            case "WordLevel" -> {
                part.allow("type", "vocab", "unk_token");
                yield new WordLevel(ids, part.text("unk_token").orElse("<unk>"));
            }
            default -> throw part.unsupported(type, List.of("BPE", "WordLevel"));
        };
    }

    private static TokenModel bpe(Component part, Map<String, Integer> ids) {
        part.allow(
                "type",
                "vocab",
                "merges",
                "unk_token",
                "dropout",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "fuse_unk",
                "byte_fallback",
                "ignore_merges");
        part.unset("dropout", "continuing_subword_prefix", "end_of_word_suffix");
        List<Merge> merges = MergesReader.ofJson(part);
        Bpe.Options options = new Bpe.Options(
                part.text("unk_token").orElse(null),
                part.flag("fuse_unk", false),
                part.flag("byte_fallback", false),
                part.flag("ignore_merges", false));
        return part.make(() -> new Bpe(ids, merges, options));
    }
}
