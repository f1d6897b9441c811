package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code tokenizer.json}, the format of Hugging Face's {@code tokenizers} library: one class for each component, one
 * case for each type. Other types are errors. Truncation and padding are ignored, as transformers does by default.
 */
final class TokenizerJson {
    private TokenizerJson() {}

    static Tokenizer read(String file, byte[] content) {
        Component whole = Component.parse(file, content);
        Map<String, Integer> ids = whole.part("model").part("vocab").integers();
        List<AddedToken> added = added(whole);
        Pipeline.Parts parts = new Pipeline.Parts(
                NormalizerReader.read(whole, "normalizer"),
                PreTokenizerReader.read(whole, "pre_tokenizer"),
                ModelReader.read(whole.part("model"), ids),
                postProcessor(whole, "post_processor"),
                DecoderReader.read(whole));
        return whole.make(() -> new Pipeline(ids, added, parts));
    }

    private static List<AddedToken> added(Component whole) {
        List<AddedToken> added = new ArrayList<>();
        for (Component token : whole.parts("added_tokens")) {
            token.allow("id", "content", "special", "single_word", "lstrip", "rstrip", "normalized");
            added.add(new AddedToken(
                    token.string("content"),
                    token.integer("id"),
                    token.flag("special", false),
                    token.flag("single_word", false),
                    token.flag("lstrip", false),
                    token.flag("rstrip", false),
                    token.flag("normalized", true)));
        }
        return added;
    }

    private static PostProcessor postProcessor(Component whole, String name) {
        PostProcessor all = PostProcessor.NONE;
        for (Component part : whole.parts(name)) {
            all = all.then(
                    switch (part.type()) {
                        case "Sequence" -> postProcessor(part.allow("type", "processors"), "processors");
                        case "ByteLevel" -> PostProcessor.NONE; // changes offsets only, which are not used here
                        case "TemplateProcessing" -> TemplateReader.read(part);
                        default -> throw part.unsupported("ByteLevel", "TemplateProcessing", "Sequence");
                    });
        }
        return all;
    }
}
