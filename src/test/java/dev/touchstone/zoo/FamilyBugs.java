package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** F11, F13 and F18 in families other than GPT-2: RMSNorm, gated MLPs, parallel residuals, norms of queries and keys. */
final class FamilyBugs {
    private static final String NORM = "layers.0.input_layernorm";

    static final List<ForwardBug> ALL = List.of(
            epsilon("epsilon of another model, 1e-6 for 3e-3", "tiny-llama", 1e-6),
            epsilon("no epsilon", "tiny-llama", 0),
            epsilon("epsilon of another model, 1e-6 for 6e-3", "tiny-gemma2", 1e-6),
            norms("1 added to the gains in a family that adds nothing", "tiny-llama", old -> withOffset(old, 1)),
            norms("no 1 added to the gains in Gemma", "tiny-gemma2", old -> withOffset(old, 0)),
            norms("gains dropped", "tiny-llama", old -> {
                float[] ones = new float[old.gain().length];
                Arrays.fill(ones, 1);
                return new RmsNorm(old.name(), ones, 0, old.epsilon());
            }),
            rms("RMSNorm treated as LayerNorm", NORM, "tiny-llama", (row, epsilon) -> {
                double mean = Arrays.stream(row).average().orElseThrow();
                double variance = Arrays.stream(row)
                        .map(x -> (x - mean) * (x - mean))
                        .average()
                        .orElseThrow();
                return Arrays.stream(row)
                        .map(x -> (x - mean) / Math.sqrt(variance + epsilon))
                        .toArray();
            }),
            rms("epsilon outside the root", NORM, "tiny-llama", (row, epsilon) -> {
                double root =
                        Math.sqrt(Arrays.stream(row).map(x -> x * x).average().orElseThrow()) + epsilon;
                return Arrays.stream(row).map(x -> x / root).toArray();
            }),
            rms("the sum of squares instead of their mean", NORM, "tiny-llama", (row, epsilon) -> {
                double root = Math.sqrt(Arrays.stream(row).map(x -> x * x).sum() + epsilon);
                return Arrays.stream(row).map(x -> x / root).toArray();
            }),
            model(
                    "F18",
                    "gate and up swapped",
                    "layers.0.mlp.act_fn",
                    "tiny-llama",
                    model -> Surgery.each(model, Mlp.class, mlp -> {
                        Mlp.Gated old = (Mlp.Gated) mlp;
                        return new Mlp.Gated(old.name(), old.up(), old.activation(), old.gate(), old.down());
                    })),
            kernels("the gate is added instead of multiplied", "layers.0.mlp.down_proj", new BuggedKernels() {
                @Override
                public Tensor multiply(Tensor a, Tensor b) {
                    return super.add(a, b);
                }
            }),
            kernels("the gate is left out", "layers.0.mlp.down_proj", new BuggedKernels() {
                @Override
                public Tensor multiply(Tensor a, Tensor b) {
                    return b;
                }
            }),
            activation("GELU for SiLU", "tiny-llama", Activation.GELU),
            activation("ReLU for SiLU", "tiny-qwen2", Activation.RELU),
            activation("SiLU for GELU", "tiny-gemma2", Activation.SILU),
            activation("GELU with erf for that with tanh", "tiny-gemma2", Activation.GELU),
            model(
                    "F18",
                    "norms of queries and keys swapped",
                    "layers.0.self_attn.q_norm",
                    "tiny-qwen3",
                    model -> Surgery.each(model, Projections.class, projections -> {
                        NormedProjections old = (NormedProjections) projections;
                        return new NormedProjections(
                                old.projections(),
                                named(old.k(), old.q().name()),
                                named(old.q(), old.k().name()));
                    })),
            model(
                    "F18",
                    "norms of queries and keys missing",
                    "layers.0.self_attn.q_norm",
                    "tiny-qwen3",
                    model -> Surgery.each(model, Projections.class, old -> ((NormedProjections) old).projections())),
            ForwardBug.of(
                            "F18",
                            "queries normalised over all heads at once",
                            "",
                            "layers.0.self_attn.q_norm",
                            Plant.kernels(new BuggedKernels() {
                                @Override
                                public Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon) {
                                    float[] all = new float[x.size(-1)];
                                    for (int c = 0; c < all.length; c++) {
                                        all[c] = gain[c % gain.length];
                                    }
                                    return super.rmsNorm(x, all, gainOffset, epsilon);
                                }
                            }))
                    .in("tiny-qwen3"),
            model(
                    "F11",
                    "the norms after attention and MLP missing",
                    "layers.0.post_attention_layernorm",
                    "tiny-gemma2",
                    model -> Surgery.each(model, Block.class, block -> {
                        Block.Sandwiched old = (Block.Sandwiched) block;
                        return new Block.Sequential(old.name(), old.ln1(), old.attn(), old.ln2(), old.mlp());
                    })),
            model(
                    "F18",
                    "the gains of the first head for all heads",
                    "layers.0.self_attn.q_layernorm",
                    "tiny-stablelm",
                    model -> Surgery.each(model, Projections.class, projections -> {
                        NormedProjections old = (NormedProjections) projections;
                        return new NormedProjections(
                                old.projections(), firstHead((LayerNorm) old.q()), firstHead((LayerNorm) old.k()));
                    })),
            model(
                    "F11",
                    "norms before attention and MLP instead of after the residual",
                    "decoder.layers.0.self_attn_layer_norm",
                    "tiny-opt-350m",
                    model -> Surgery.each(model, Block.class, block -> {
                        Block.PostNorm old = (Block.PostNorm) block;
                        return new Block.Sequential(old.name(), old.afterAttn(), old.attn(), old.afterMlp(), old.mlp());
                    })),
            model(
                    "F11",
                    "attention and MLP one after the other instead of in parallel",
                    "h.0.ln_mlp",
                    "tiny-falcon",
                    FamilyBugs::sequential),
            model(
                    "F11",
                    "attention and MLP one after the other instead of in parallel",
                    "layers.0.post_attention_layernorm",
                    "tiny-gpt-neox",
                    FamilyBugs::sequential),
            model(
                    "F11",
                    "the input of the MLP includes the output of attention",
                    "layers.0.input_layernorm",
                    "tiny-phi",
                    model -> Surgery.each(
                            model,
                            Block.class,
                            old -> new Block.Sequential(old.name(), old.ln1(), old.attn(), old.ln1(), old.mlp()))),
            model(
                    "F11",
                    "the embedding not scaled",
                    "embed_tokens",
                    "tiny-gemma2",
                    model -> Surgery.each(model, Embedding.class, old -> new Embedding(old.name(), old.table()))),
            model(
                    "F11",
                    "the norm of the embedding missing",
                    "word_embeddings_layernorm",
                    "tiny-bloom",
                    model -> Surgery.each(
                            model, Stem.class, old -> new Stem(old.embedded(), old.wte(), old.wpe(), null))),
            model("F7", "the offset of the positions missing", "decoder.embed_positions", "tiny-opt", offset(0)),
            model("F7", "the offset of the positions one too small", "decoder.embed_positions", "tiny-opt", offset(1)),
            head("the bias of the head dropped", "tiny-phi", old -> new Head(old.name(), old.weight(), null, 0)),
            head("the bias of the head dropped", "tiny-gptj", old -> new Head(old.name(), old.weight(), null, 0)),
            head("the soft cap of the logits missing", "tiny-gemma2", old -> new Head(old.name(), old.weight())),
            head(
                    "the soft cap of the logits of another model, 30 for 5",
                    "tiny-gemma2",
                    old -> new Head(old.name(), old.weight(), null, 30)),
            bias("layers.0.self_attn.q_proj", "tiny-qwen2"),
            bias("layers.1.self_attn.k_proj", "tiny-qwen2"),
            bias("layers.0.self_attn.v_proj", "tiny-qwen2"),
            bias("layers.0.self_attn.o_proj", "tiny-llama3"),
            bias("layers.1.mlp.gate_proj", "tiny-llama3"),
            bias("h.0.attn.attention.out_proj", "tiny-gpt-neo"),
            bias("layers.0.attention.query_key_value", "tiny-gpt-neox"),
            bias("h.1.mlp.fc_in", "tiny-gptj"),
            bias("h.1.self_attention.dense", "tiny-bloom"),
            bias("decoder.layers.1.fc1", "tiny-opt"),
            bias("layers.0.self_attn.q_proj", "tiny-xglm"),
            bias("layers.0.self_attn.k_proj", "tiny-starcoder2"),
            bias("layers.1.self_attn.o_proj", "tiny-starcoder2"),
            bias("layers.1.mlp.c_proj", "tiny-starcoder2"));

    private FamilyBugs() {}

    /** Normalises a row without gains. */
    @FunctionalInterface
    private interface Normalized {
        double[] of(double[] row, double epsilon);
    }

    private static ForwardBug model(
            String id, String what, String tap, String fixture, UnaryOperator<Transformer> change) {
        return ForwardBug.of(id, what, "", tap, Plant.model(change)).in(fixture);
    }

    private static ForwardBug kernels(String what, String tap, BuggedKernels kernels) {
        return ForwardBug.of("F18", what, "", tap, Plant.kernels(kernels)).in("tiny-llama");
    }

    private static ForwardBug norms(String what, String fixture, UnaryOperator<RmsNorm> change) {
        return model("F18", what, NORM, fixture, model -> Surgery.each(model, RmsNorm.class, change));
    }

    private static ForwardBug epsilon(String what, String fixture, double epsilon) {
        return norms(what, fixture, old -> new RmsNorm(old.name(), old.gain(), old.gainOffset(), epsilon));
    }

    private static RmsNorm withOffset(RmsNorm old, float gainOffset) {
        return new RmsNorm(old.name(), old.gain(), gainOffset, old.epsilon());
    }

    private static LayerNorm firstHead(LayerNorm old) {
        float[] gains = old.gain().clone();
        for (int i = 0; i < gains.length; i++) {
            gains[i] = old.gain()[i % old.size()];
        }
        return new LayerNorm(old.name(), old.size(), gains, null, old.epsilon());
    }

    private static RmsNorm named(Norm norm, String name) {
        RmsNorm old = (RmsNorm) norm;
        return new RmsNorm(name, old.gain(), old.gainOffset(), old.epsilon());
    }

    private static ForwardBug rms(String what, String tap, String fixture, Normalized normalized) {
        return ForwardBug.of("F18", what, "", tap, Plant.kernels(new BuggedKernels() {
                    @Override
                    public Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon) {
                        Tensor y = Tensor.zeros(x.shape());
                        for (int at = 0; at < x.size(); at += gain.length) {
                            double[] row = new double[gain.length];
                            for (int c = 0; c < row.length; c++) {
                                row[c] = x.data()[at + c];
                            }
                            double[] normal = normalized.of(row, epsilon);
                            for (int c = 0; c < row.length; c++) {
                                y.data()[at + c] = (float) (normal[c] * (gainOffset + gain[c]));
                            }
                        }
                        return y;
                    }
                }))
                .in(fixture);
    }

    private static ForwardBug activation(String what, String fixture, Activation activation) {
        return model("F1", what, "layers.0.mlp.act_fn", fixture, model -> Surgery.activation(model, 0, activation));
    }

    private static Transformer sequential(Transformer model) {
        return Surgery.each(
                model,
                Block.class,
                old -> new Block.Sequential(old.name(), old.ln1(), old.attn(), old.ln2(), old.mlp()));
    }

    private static UnaryOperator<Transformer> offset(int offset) {
        return model -> Surgery.each(model, PositionTable.class, old -> new PositionTable(old.rows(), offset));
    }

    private static ForwardBug head(String what, String fixture, UnaryOperator<Head> change) {
        return model("F13", what, "logits", fixture, model -> Surgery.each(model, Head.class, change));
    }

    private static ForwardBug bias(String name, String fixture) {
        return model(
                "F13",
                "the bias of " + name + " dropped",
                name,
                fixture,
                model -> Surgery.linear(model, name, old -> new Linear(old.name(), old.weight(), null)));
    }
}
