package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.Vocabulary;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.model.Bpe;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import dev.touchstone.util.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code tokenizer.json}, the format of Hugging Face's {@code tokenizers} library: one class for each component, one
 * case for each type. Truncation and padding are ignored, as transformers does by default, but for the token of the padding.
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

    /** The object of a file, with its fields checked. */
    static Component checked(JsonObject file) {
        Component whole = Component.of(file);
        check(whole);
        return whole;
    }

    /** A tokenizer of all components. */
    static Tokenizer read(Component whole, TokenizerSettings settings) {
        ModelReader.Result model = ModelReader.read(whole.component("model"));
        Normalizer normalizer =
                whole.optional("normalizer").map(NormalizerReader::read).orElse(Normalizer.NONE);
        Vocabulary vocabulary = whole.make(() -> new Vocabulary(model.ids(), normalizer));
        vocabulary.add(added(whole));
        vocabulary.add(settings.tokens().toAdd(vocabulary.added().values(), padding(whole)));
        Decoder decoder = whole.optional("decoder").map(DecoderReader::read).orElse(Decoder.WORDS);
        Pipeline.Stages stages = new Pipeline.Stages(
                normalizer,
                whole.optional("pre_tokenizer").map(PreTokenizerReader::read).orElse(PreTokenizer.NONE),
                model.model(),
                whole.optional("post_processor").map(PostProcessorReader::read).orElse(PostProcessor.NONE),
                settings.cleaned(decoder, model.model() instanceof Bpe),
                settings.splitSpecial());
        return whole.make(() -> new Pipeline(vocabulary, stages));
    }

    /** The token of the padding, which becomes a special one; null if there is no padding. */
    static String padding(Component whole) {
        return whole.optional("padding")
                .map(padding -> padding.text("pad_token").orElse("[PAD]"))
                .orElse(null);
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
                        .map(TokenizerJson::addedToken)
                        .toList()
                : List.of();
    }

    /** An added token. Its id is not used: ids follow from the order. */
    static AddedToken addedToken(Component token) {
        token.count("id");
        return new AddedToken(
                token.string("content"),
                token.flag("special"),
                token.flag("single_word"),
                token.flag("lstrip"),
                token.flag("rstrip"),
                token.flag("normalized"));
    }
}
