package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.Template;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the post-processor TemplateProcessing: {@code "single"} lists special tokens and, once, {@code Sequence}, the place
 * of the text. The template for pairs of texts is not used.
 */
final class TemplateReader {
    private TemplateReader() {}

    static Template read(Component part) {
        part.allow("type", "single", "pair", "special_tokens");
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        int texts = 0;
        for (Component item : part.parts("single")) {
            item.allow("Sequence", "SpecialToken");
            if (item.has("SpecialToken")) {
                (texts == 0 ? before : after).addAll(ids(part, item.part("SpecialToken")));
            } else {
                item.part("Sequence");
                texts++;
            }
        }
        if (texts != 1) {
            throw part.error("must have one Sequence in \"single\", found " + texts);
        }
        return new Template(before, after);
    }

    private static List<Integer> ids(Component part, Component token) {
        String name =
                token.text("id").orElseThrow(() -> token.error("has no id; it needs the name of a special token"));
        return part.part("special_tokens").part(name).integers("ids");
    }
}
