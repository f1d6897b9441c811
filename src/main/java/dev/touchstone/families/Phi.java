package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Head;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/** Phi 1 to 2 ({@code PhiConfig} and {@code modeling_phi.py} in Hugging Face transformers). */
final class Phi {
    private static final Shape DEFAULTS = new Shape(24, 32, 0, 0, 2048, 2048, 51_200);

    private Phi() {}

    static Transformer build(Config config, Weights weights) {
        config.refuse(
                "qk_layernorm",
                config.flag("qk_layernorm", false),
                "norms of queries and keys are not supported in this family; expected false");
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        Shape shape = parts.shape();
        double epsilon = config.nonNegative("layer_norm_eps", 1e-5);
        EmbeddingAndHead ends = EmbeddingAndHead.load(
                weights,
                "embed_tokens",
                config.flag("tie_word_embeddings", false),
                shape.vocabulary(),
                shape.channels());
        Head head = new Head(
                ends.head().name(), ends.head().weight(), weights.vector("lm_head.bias", shape.vocabulary()), 0);
        Rotary rotary = RotarySettings.read(
                config,
                shape.headSize(),
                shape.positions(),
                config.nonNegative("rope_theta", 10_000),
                config.nonNegative("partial_rotary_factor", 0.5));
        List<Block> blocks = IntStream.range(0, shape.layers())
                .mapToObj(layer -> block(layer, parts, epsilon))
                .toList();
        Norm norm = weights.layerNorm("final_layernorm", shape.channels(), epsilon);
        return new Transformer(shape, new Stem(ends.embedding()), rotary, blocks, norm, head);
    }

    /** One norm, from which attention and MLP both read. */
    private static Block block(int layer, LlamaParts parts, double epsilon) {
        String name = "layers." + layer;
        Norm norm = parts.weights()
                .layerNorm(name + ".input_layernorm", parts.shape().channels(), epsilon);
        String attentionName = LlamaParts.attentionName(layer);
        Attention attention = parts.attention(
                layer,
                parts.projections(attentionName, true),
                parts.scoring(),
                parts.output(attentionName + ".dense", true));
        return new Block.Parallel(name, norm, attention, null, mlp(name + ".mlp", parts));
    }

    private static Mlp mlp(String name, LlamaParts parts) {
        int channels = parts.shape().channels();
        int inner = parts.config().size("intermediate_size", 8192);
        Activation activation = parts.config().choice("hidden_act", "gelu_new", Activations.BY_NAME);
        return new Mlp.Plain(
                name,
                parts.weights().linear(name + ".fc1", channels, inner, true),
                new NamedActivation(name + ".activation_fn", activation),
                parts.weights().linear(name + ".fc2", inner, channels, true));
    }
}
