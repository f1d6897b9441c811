package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.tokenizer.ClassifierTokens;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a post-processor. What it does to offsets is not used. */
final class PostProcessorReader {
    private PostProcessorReader() {}

    static PostProcessor read(Component component) {
        if (component.has("cls") && component.has("sep")) { // the type is not needed
            return new ClassifierTokens(
                    token(component, "cls"), token(component, "sep"), component.has("add_prefix_space"));
        }
        return switch (component.type()) {
            case "Sequence" ->
                component.components("processors").stream()
                        .map(PostProcessorReader::read)
                        .reduce(PostProcessor.NONE, PostProcessor::then);
            case "ByteLevel" -> PostProcessor.NONE;
            case "TemplateProcessing" -> template(component);
            default ->
                throw component.unsupported(
                        "ByteLevel", "TemplateProcessing", "BertProcessing", "RobertaProcessing", "Sequence");
        };
    }

    /** The id of a token such as {@code ["[CLS]", 101]}. */
    private static int token(Component component, String name) {
        JsonNode pair = component.json().path(name);
        if (pair.size() != 2 || !pair.path(0).isTextual() || !pair.path(1).canConvertToInt()) {
            throw component.error(name, "a token and its id, such as [\"[CLS]\", 101]");
        }
        return pair.get(1).intValue();
    }

    private static Template template(Component component) {
        List<Template.Item> single = items(component, "single");
        if (single.stream().anyMatch(item -> item.text() == 1)) {
            throw component.error("single", "a template of the text A and special tokens");
        }
        return new Template(single, items(component, "pair"));
    }

    private static List<Template.Item> items(Component component, String name) {
        List<Template.Item> items = new ArrayList<>();
        for (Component item : component.components(name)) {
            if (item.has("SpecialToken")) {
                String token = item.component("SpecialToken").string("id");
                items.add(Template.Item.special(
                        component.component("special_tokens").component(token).integers("ids")));
            } else {
                items.add(Template.Item.text(item.component("Sequence").choice("id", "", Map.of("A", 0, "B", 1))));
            }
        }
        return items;
    }
}
