package dev.touchstone.checkpoint;

import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Bpe;
import dev.touchstone.tokenizer.ByteLevelDecoder;
import dev.touchstone.tokenizer.ByteLevelSplit;
import dev.touchstone.tokenizer.Decoder;
import dev.touchstone.tokenizer.Merge;
import dev.touchstone.tokenizer.Normalizer;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.PreTokenizer;
import dev.touchstone.tokenizer.RegexSplit;
import dev.touchstone.tokenizer.TokenModel;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.WordLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code tokenizer.json}, the format of Hugging Face's {@code tokenizers}: one method a part, one case a type. What
 * is not listed here is refused by name. Truncation and padding are ignored, as transformers does unless asked.
 */
final class TokenizerJson {
    private TokenizerJson() {}

    static Tokenizer read(String file, byte[] content) {
        TokenizerPart whole = TokenizerPart.parse(file, content);
        Map<String, Integer> ids = whole.part("model").part("vocab").integers();
        List<AddedToken> added = added(whole);
        Pipeline.Parts parts = new Pipeline.Parts(
                normalizer(whole),
                preTokenizer(whole, "pre_tokenizer"),
                model(whole.part("model"), ids),
                postProcessor(whole, "post_processor"),
                decoder(whole));
        return whole.make(() -> new Pipeline(ids, added, parts));
    }

    private static List<AddedToken> added(TokenizerPart whole) {
        List<AddedToken> added = new ArrayList<>();
        for (TokenizerPart token : whole.parts("added_tokens")) {
            token.allow("id", "content", "special", "single_word", "lstrip", "rstrip", "normalized");
            added.add(new AddedToken(
                    token.text("content").orElseThrow(() -> token.error("has no content; it needs a string")),
                    token.integer("id"),
                    token.flag("special", false),
                    token.flag("single_word", false),
                    token.flag("lstrip", false),
                    token.flag("rstrip", false),
                    token.flag("normalized", true)));
        }
        return added;
    }

    private static Normalizer normalizer(TokenizerPart whole) {
        for (TokenizerPart part : whole.parts("normalizer")) {
            throw part.unsupported(type(part), "null");
        }
        return Normalizer.NONE;
    }

    private static PreTokenizer preTokenizer(TokenizerPart whole, String name) {
        PreTokenizer all = PreTokenizer.NONE;
        for (TokenizerPart part : whole.parts(name)) {
            all = all.then(
                    switch (type(part)) {
                        case "Sequence" -> preTokenizer(part.allow("type", "pretokenizers"), "pretokenizers");
                        case "ByteLevel" -> {
                            part.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                            yield new ByteLevelSplit(part.flag("add_prefix_space", true), part.flag("use_regex", true));
                        }
                        case "Whitespace" -> RegexSplit.keeping("\\w+|[^\\w\\s]+");
                        case "WhitespaceSplit" -> RegexSplit.keeping("\\S+");
                        default ->
                            throw part.unsupported(
                                    type(part), "ByteLevel", "Whitespace", "WhitespaceSplit", "Sequence");
                    });
        }
        return all;
    }

    private static TokenModel model(TokenizerPart part, Map<String, Integer> ids) {
        // The first files of GPT-2's kind name no type; what has merges is a BPE.
        String type = part.text("type").orElse(part.isUnset("merges") ? "missing" : "BPE");
        switch (type) {
            case "BPE":
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
                part.unset(
                        "dropout",
                        "continuing_subword_prefix",
                        "end_of_word_suffix",
                        "fuse_unk",
                        "byte_fallback",
                        "ignore_merges");
                List<Merge> merges = TokenizerMerges.ofJson(part);
                return part.make(
                        () -> new Bpe(ids, merges, part.text("unk_token").orElse(null)));
            case "WordLevel":
                part.allow("type", "vocab", "unk_token");
                return new WordLevel(ids, part.text("unk_token").orElse("<unk>"));
            default:
                throw part.unsupported(type, "BPE", "WordLevel");
        }
    }

    private static PostProcessor postProcessor(TokenizerPart whole, String name) {
        PostProcessor all = PostProcessor.NONE;
        for (TokenizerPart part : whole.parts(name)) {
            all = all.then(
                    switch (type(part)) {
                        case "Sequence" -> postProcessor(part.allow("type", "processors"), "processors");
                        case "ByteLevel" -> PostProcessor.NONE; // moves offsets, which no one here asks for
                        case "TemplateProcessing" -> TokenizerTemplate.read(part);
                        default -> throw part.unsupported(type(part), "ByteLevel", "TemplateProcessing", "Sequence");
                    });
        }
        return all;
    }

    private static Decoder decoder(TokenizerPart whole) {
        for (TokenizerPart part : whole.parts("decoder")) {
            if (type(part).equals("ByteLevel")) {
                return new ByteLevelDecoder();
            }
            throw part.unsupported(type(part), "ByteLevel", "null");
        }
        return Decoder.WORDS;
    }

    private static String type(TokenizerPart part) {
        return part.text("type").orElseThrow(() -> part.error("has no type; it needs one, such as \"ByteLevel\""));
    }
}
