package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collections;

/** The configurations of Gemma 1 to 3. */
final class GemmaConfigs {
    /** The models of Gemma 2 and 3 with 27 billion parameters have so many layers. */
    private static final int LAYERS_OF_GEMMA2_27B = 46;

    private static final int LAYERS_OF_GEMMA3_27B = 62;

    private GemmaConfigs() {}

    static void gemma(GgufConfig config) {
        config.withoutWindow();
        common(config, "hidden_act");
    }

    /** Returns the size of a head. */
    private static int common(GgufConfig config, String activation) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.rmsNorm();
        config.json().put("attention_bias", false);
        config.json().put(activation, "gelu_pytorch_tanh");
        return config.likeLlama();
    }

    static void gemma2(GgufConfig config) {
        int headSize = common(config, "hidden_activation");
        config.number("attn_logit_softcapping", "attn_logit_softcapping");
        config.number("final_logit_softcapping", "final_logit_softcapping");
        config.integer("sliding_window", "attention.sliding_window");
        scale(config, headSize, LAYERS_OF_GEMMA2_27B);
    }

    /** Without a window, all layers have full attention. */
    static void gemma3(GgufConfig config) {
        int headSize = common(config, "hidden_activation");
        config.numberIfPresent("final_logit_softcapping", "final_logit_softcapping");
        if (config.hasWindow()) {
            config.windowOfSomeLayers(6);
        } else {
            config.layerTypes(Collections.nCopies(config.metadata().integer("block_count"), false));
        }
        JsonNode defaultBase = JsonNodeFactory.instance.numberNode(RotaryMetadata.DEFAULT_BASE);
        config.json().set("rope_parameters", LlamaConfigs.ofKinds(config, defaultBase));
        scale(config, headSize, LAYERS_OF_GEMMA3_27B);
    }

    /** The factor of the scores is not in the file; llama.cpp decides by the number of layers too. */
    private static void scale(GgufConfig config, int headSize, int layersOfLargest) {
        ArchitectureMetadata metadata = config.metadata();
        boolean largest = metadata.integer("block_count") == layersOfLargest;
        int heads = metadata.integer("attention.head_count");
        config.json().put("query_pre_attn_scalar", largest ? metadata.integer("embedding_length") / heads : headSize);
    }
}
