package dev.touchstone.checkpoint.gguf;

/** The configurations of GPT-2 and the architectures after it, which have fused projections or no gated MLP. */
final class GptConfigs {
    /** GPT-NeoX with 20 billion parameters has this many layers. */
    private static final int LAYERS_OF_NEOX_20B = 44;

    private GptConfigs() {}

    static void gpt2(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.withoutWindow();
        config.sizes("n_embd", "n_head", "n_layer", "n_positions");
        config.integer("n_inner", "feed_forward_length");
        config.number("layer_norm_epsilon", "attention.layer_norm_epsilon");
        config.json().put("activation_function", "gelu_new");
    }

    static void gptj(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "true");
        config.metadata().refuseOther("rope.freq_base", "10000.0");
        config.metadata().refuseOther("rope.scaling.type", "none");
        config.metadata().refuseOther("rope.scale_linear", "1.0");
        config.withoutWindow();
        config.sizes("n_embd", "n_head", "n_layer", "n_positions");
        config.integer("n_inner", "feed_forward_length");
        config.integer("rotary_dim", "rope.dimension_count");
        config.number("layer_norm_epsilon", "attention.layer_norm_epsilon");
        config.json().put("activation_function", "gelu_new");
    }

    static void gptNeoX(GgufConfig config) {
        config.withoutWindow();
        int headSize =
                config.sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        config.integer("intermediate_size", "feed_forward_length");
        config.number("layer_norm_eps", "attention.layer_norm_epsilon");
        config.number("use_parallel_residual", "use_parallel_residual");
        config.json().put("attention_bias", config.fusedBias());
        // The file does not contain it.
        boolean large = config.metadata().integer("block_count") == LAYERS_OF_NEOX_20B;
        config.json().put("hidden_act", large ? "gelu_fast" : "gelu");
        config.json().set("rope_parameters", config.rotary().parametersOfPart(headSize));
    }

    /** One key-value head. llama.cpp's converter does not reorder the heads of models with several. */
    static void starCoder(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.withoutWindow();
        config.sizes("n_embd", "n_head", "n_layer", "n_positions");
        requireInnerSize(config);
        config.number("layer_norm_epsilon", "attention.layer_norm_epsilon");
        config.metadata().refuseOther("attention.head_count_kv", "1");
        config.json().put("activation_function", "gelu_pytorch_tanh");
        config.json().put("multi_query", true);
    }

    static void bloom(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.withoutWindow();
        config.only("attention.max_alibi_bias", "8.0");
        config.sizes("hidden_size", "n_head", "n_layer", "seq_length");
        requireInnerSize(config);
        config.number("layer_norm_epsilon", "attention.layer_norm_epsilon");
    }

    private static void requireInnerSize(GgufConfig config) {
        config.metadata()
                .requireEqual(
                        "feed_forward_length",
                        4 * config.metadata().integer("embedding_length"),
                        "4 times the embedding_length");
    }

    static void phi2(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "true");
        config.withoutWindow();
        int headSize =
                config.sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        config.json().put("num_key_value_heads", config.keyValueHeads());
        config.integer("intermediate_size", "feed_forward_length");
        config.number("layer_norm_eps", "attention.layer_norm_epsilon");
        config.json().put("hidden_act", "gelu_new");
        config.json().set("rope_parameters", config.rotary().parametersOfPart(headSize));
    }

    /** Several key-value heads are those of the second generation. llama.cpp rotates the heads of all models, so none has ALiBi. */
    static void falcon(GgufConfig config) {
        config.withoutWindow();
        int headSize =
                config.sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        config.metadata().requireEqual("rope.dimension_count", headSize, "the size of a head");
        boolean twoNorms = config.has("blk.0.attn_norm_2.weight");
        boolean secondGeneration = twoNorms || config.keyValueHeads() > 1;
        config.json().put("new_decoder_architecture", secondGeneration);
        config.json().put("multi_query", true);
        config.json().put("num_kv_heads", config.keyValueHeads());
        if (secondGeneration) {
            config.json().put("num_ln_in_parallel_attn", twoNorms ? 2 : 1);
        }
        config.json().put("parallel_attn", true);
        config.json().put("alibi", false);
        config.json().put("bias", config.fusedBias());
        config.integer("ffn_hidden_size", "feed_forward_length");
        config.number("layer_norm_epsilon", "attention.layer_norm_epsilon");
        config.json().put("activation", "gelu");
        config.json().set("rope_parameters", config.rotary().parameters());
    }

    /** Hugging Face's class has ALiBi with the bias of 8 always. */
    static void mpt(GgufConfig config) {
        config.withoutWindow();
        config.sizes("d_model", "n_heads", "n_layers", "max_seq_len");
        requireInnerSize(config);
        int heads = config.metadata().integer("attention.head_count");
        config.metadata().requireEqual("attention.head_count_kv", heads, "the number of heads");
        config.number("layer_norm_epsilon", "attention.layer_norm_epsilon");
        config.metadata().required("attention.max_alibi_bias");
        config.only("attention.max_alibi_bias", "8.0");
        config.numberUnlessZero(config.json().putObject("attn_config"), "clip_qkv", "attention.clamp_kqv");
    }
}
