package dev.touchstone.checkpoint;

import dev.touchstone.model.Transformer;
import java.util.List;

/**
 * A family of models: how its {@code config.json} and its tensors become a {@link Transformer}. A new family is one class
 * and one line in {@link #ALL}.
 */
interface Family {
    /** All that can be loaded. */
    List<Family> ALL = List.of(
            new Gpt2(),
            new GptNeo(),
            new GptNeoX(),
            new Bloom(),
            new Llama(),
            new Mistral(),
            new Qwen2(),
            new Qwen3(),
            new Gemma2(),
            new Opt(),
            new Phi(),
            new Exercise());

    /** {@code model_type} in config.json. */
    String modelType();

    /** Those of {@code architectures} in config.json that are language models of this family. */
    List<String> architectures();

    /** What stands before the names of tensors in some checkpoints: the base model's place in the language model. */
    String prefix();

    /** What the family's configuration class takes for {@code eos_token_id} where config.json is silent; null for none. */
    Integer eosId();

    /** The model, its layers named as in {@code named_modules()} without the prefix. */
    Transformer build(Config config, Weights weights);

    /** The family that a configuration asks for. */
    static Family of(Config config) {
        String type = config.text(null, "model_type");
        Family family = ALL.stream()
                .filter(candidate -> candidate.modelType().equals(type))
                .findFirst()
                .orElseThrow(() -> config.error(
                        "model_type",
                        type,
                        "one that is supported: "
                                + String.join(
                                        ", ",
                                        ALL.stream().map(Family::modelType).toList())));
        for (String architecture : config.texts("architectures")) {
            if (!family.architectures().contains(architecture)) {
                throw config.error("architectures", architecture, String.join(" or ", family.architectures()));
            }
        }
        return family;
    }
}
