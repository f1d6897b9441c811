package dev.touchstone.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.JsonObject;
import dev.touchstone.weights.StoredTensors;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The language model that a {@code config.json} describes: the whole model, or the part of a model of text and images that reads and writes
 * text. Such a part is loaded as by {@code AutoModelForCausalLM} of Hugging Face: its settings are in {@code text_config}, and the names of
 * its tensors contain {@code language_model.}; the tensors of other parts are ignored.
 *
 * @param config of the language model
 * @param images the whole model; null if it is the language model
 */
public record TextModel(Family family, Config config, Images images) {
    /**
     * A family of models of text and images.
     *
     * @param modelType {@code model_type} in config.json
     * @param architecture its class in Hugging Face
     * @param family {@code model_type} of its language model
     * @param isLoadedWhole whether Hugging Face also loads the parts that read images, and uses the settings of the whole model
     * @param names the names of the language model's tensors, and what replaces them
     */
    record Images(
            String modelType, String architecture, String family, boolean isLoadedWhole, Map<Pattern, String> names) {}

    private static final List<Images> IMAGES = List.of(
            new Images(
                    "llama4",
                    "Llama4ForConditionalGeneration",
                    "llama4_text",
                    false,
                    Map.of(Pattern.compile("(?:language_model\\.)?((?:model|lm_head)\\..*)"), "$1")),
            new Images(
                    "gemma3",
                    "Gemma3ForConditionalGeneration",
                    "gemma3_text",
                    true,
                    Map.of(
                            Pattern.compile("(?:language_model\\.)?(lm_head\\..*)"), "$1",
                            Pattern.compile("(?:model\\.)?language_model\\.(?:model\\.)?((?!lm_head).*)"),
                                    "model.$1")));

    /** The values of {@code model_type} of models of text and images. */
    static List<String> modelTypes() {
        return IMAGES.stream().map(Images::modelType).toList();
    }

    /** The language model of a configuration, by its {@code model_type}. */
    public static TextModel of(Config whole) {
        String type = whole.text("model_type").orElse("");
        return IMAGES.stream()
                .filter(images -> images.modelType.equals(type))
                .findFirst()
                .map(images -> part(images, whole))
                .orElseGet(() -> new TextModel(Family.of(whole), whole, null));
    }

    private static TextModel part(Images images, Config whole) {
        JsonObject text = whole.object("text_config");
        Family.refuseUnsupported(whole);
        for (String architecture : whole.texts("architectures")) {
            if (!architecture.equals(images.architecture)) {
                throw whole.error("architectures", architecture, images.architecture);
            }
        }
        ObjectNode settings = text.json().deepCopy();
        settings.put("model_type", images.family);
        if (images.isLoadedWhole) {
            settings.remove("tie_word_embeddings");
            for (String name : List.of("tie_word_embeddings", "eos_token_id")) {
                if (whole.has(name)) {
                    settings.set(name, whole.json().get(name));
                }
            }
        }
        Config config = new Config(new JsonObject(text.path(), settings));
        return new TextModel(Family.of(config), config, images);
    }

    /** The tensors of the language model, under its own names. */
    public StoredTensors tensors(StoredTensors checkpoint) {
        return images == null ? checkpoint : new TextTensors(checkpoint, images.names);
    }
}
