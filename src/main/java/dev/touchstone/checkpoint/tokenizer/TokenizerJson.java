package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.Vocabulary;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code tokenizer.json}, the format of Hugging Face's {@code tokenizers} library: one class for each component, one
 * case for each type. Truncation and padding are ignored, as transformers does by default.
 */
final class TokenizerJson {
    private static final Set<String> FIELDS = Set.of(
            "version",
            "truncation",
            "padding",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder",
            "model");

    private TokenizerJson() {}

    static Tokenizer read(String file, byte[] content) {
        Component whole = Component.parse(file, content);
        check(whole);
        ModelReader.Result model = ModelReader.read(whole.component("model"));
        Normalizer normalizer =
                whole.optional("normalizer").map(NormalizerReader::read).orElse(Normalizer.NONE);
        Vocabulary vocabulary = whole.make(() -> new Vocabulary(model.ids(), normalizer));
        vocabulary.add(added(whole));
        return new Pipeline(
                vocabulary,
                new Pipeline.Stages(
                        normalizer,
                        whole.optional("pre_tokenizer")
                                .map(PreTokenizerReader::read)
                                .orElse(PreTokenizer.NONE),
                        model.model(),
                        whole.optional("post_processor")
                                .map(PostProcessorReader::read)
                                .orElse(PostProcessor.NONE),
                        whole.optional("decoder").map(DecoderReader::read).orElse(Decoder.WORDS),
                        false));
    }

    /** Other fields are errors in Hugging Face's library too. */
    private static void check(Component whole) {
        whole.json().fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw whole.error(name, "no such field");
            }
        });
        if (whole.has("version") && !whole.string("version").equals("1.0")) {
            throw whole.error("version", "\"1.0\"");
        }
    }

    private static List<AddedToken> added(Component whole) {
        return whole.has("added_tokens")
                ? whole.components("added_tokens").stream()
                        .map(TokenizerJson::added1)
                        .toList()
                : List.of();
    }

    private static AddedToken added1(Component token) {
        token.count("id"); // not used: ids follow from the order
        return new AddedToken(
                token.string("content"),
                token.flag("special"),
                token.flag("single_word"),
                token.flag("lstrip"),
                token.flag("rstrip"),
                token.flag("normalized"));
    }
}
