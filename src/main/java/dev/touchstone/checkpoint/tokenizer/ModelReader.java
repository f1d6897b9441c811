package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.tokenizer.model.Bpe;
import dev.touchstone.tokenizer.model.Merge;
import dev.touchstone.tokenizer.model.TokenModel;
import dev.touchstone.tokenizer.model.Unigram;
import dev.touchstone.tokenizer.model.WordLevel;
import dev.touchstone.tokenizer.model.WordPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the model of a tokenizer, which turns pieces into ids, and its vocabulary. */
final class ModelReader {
    /** A model and its vocabulary. */
    record Result(TokenModel model, Map<String, Integer> ids) {}

    private ModelReader() {}

    static Result read(Component component) {
        return switch (type(component)) {
            case "BPE" -> bpe(component);
            case "Unigram" -> {
                Integer unknown = component.has("unk_id") ? (Integer) component.count("unk_id") : null;
                Unigram model = unigram(component, unknown, component.flag("byte_fallback", false));
                yield new Result(model, model.ids());
            }
            case "WordPiece" -> {
                Map<String, Integer> ids = component.component("vocab").integers();
                yield new Result(
                        new WordPiece(
                                ids,
                                component.string("unk_token"),
                                component.string("continuing_subword_prefix"),
                                component.count("max_input_chars_per_word")),
                        ids);
            }
            case "WordLevel" -> {
                Map<String, Integer> ids = component.component("vocab").integers();
                yield new Result(new WordLevel(ids, component.string("unk_token")), ids);
            }
            default -> throw component.unsupported("BPE", "Unigram", "WordPiece", "WordLevel");
        };
    }

    /** Old files have no type: then the settings tell it. */
    private static String type(Component component) {
        if (component.has("type")) {
            return component.type();
        }
        return component.has("merges")
                ? "BPE"
                : component.has("max_input_chars_per_word")
                        ? "WordPiece"
                        : component.json().path("vocab").isArray() ? "Unigram" : "WordLevel";
    }

    private static Result bpe(Component component) {
        double dropout = component.number("dropout", 0);
        if (dropout != 0) {
            throw component.error("dropout", "0: a random choice of merges is not supported");
        }
        Map<String, Integer> ids = component.component("vocab").integers();
        List<Merge> merges = MergesReader.ofJson(component);
        Bpe.Options options = new Bpe.Options(
                component.text("unk_token").orElse(null),
                component.flag("fuse_unk", false),
                component.flag("byte_fallback", false),
                component.flag("ignore_merges", false),
                component.text("continuing_subword_prefix").orElse(""),
                component.text("end_of_word_suffix").orElse(""));
        return new Result(component.make(() -> new Bpe(ids, merges, options)), ids);
    }

    /** A Unigram with these settings. */
    static Unigram unigram(Component component, Integer unknown, boolean byteFallback) {
        List<Unigram.Token> tokens = new ArrayList<>();
        JsonNode vocabulary = component.json().path("vocab");
        if (!vocabulary.isArray()) {
            throw component.error("vocab", "a list");
        }
        for (JsonNode pair : vocabulary) {
            if (pair.size() != 2 || !pair.path(0).isTextual() || !pair.path(1).isNumber()) {
                throw component.error(
                        "vocab[" + tokens.size() + "]", pair, "a token and its score, such as [\"a\", -1.5]");
            }
            tokens.add(new Unigram.Token(pair.get(0).textValue(), pair.get(1).doubleValue()));
        }
        return component.make(() -> new Unigram(tokens, unknown, byteFallback));
    }
}
