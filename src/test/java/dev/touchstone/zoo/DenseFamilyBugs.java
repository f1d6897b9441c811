package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * F1, F3, F11, F13, F14 and F18 in the newer dense families: norms after the sublayer, norms of all heads together, norms without weights or
 * biases, clipped projections, scaled logits.
 */
final class DenseFamilyBugs {
    private static final String FIRST = "layers.0.input_layernorm";
    private static final String AFTER = "layers.0.post_attention_layernorm";
    private static final String Q = "layers.0.self_attn.q";
    private static final String Q_NORM = "layers.0.self_attn.q_norm";
    private static final String SCORES = "layers.0.self_attn.scores";
    private static final String ACTIVATION = "layers.0.mlp.act_fn";
    private static final String LOGITS = "logits";

    static final List<ForwardBug> ALL = List.of(
            projections("queries, keys and values not clipped", Q, "tiny-olmo", DenseFamilyBugs::inner),
            projections(
                    "queries, keys and values clipped at 8",
                    Q,
                    "tiny-olmo",
                    old -> new ClippedProjections(inner(old), 8)),
            each(
                    "F18",
                    "epsilon of another model, 1e-3 for 1e-5",
                    FIRST,
                    "tiny-olmo",
                    LayerNorm.class,
                    old -> new LayerNorm(old.name(), old.size(), null, null, 1e-3)),
            kernels("LayerNorm without weights treated as RMSNorm", FIRST, "tiny-olmo", asRmsNorm()),
            each("F11", "norms before attention and MLP instead of after", AFTER, "tiny-olmo2", Block.class, block -> {
                Block.Sandwiched old = (Block.Sandwiched) block;
                return new Block.Sequential(old.name(), old.afterAttn(), old.attn(), old.afterMlp(), old.mlp());
            }),
            each(
                    "F18",
                    "norms of queries and keys missing",
                    Q_NORM,
                    "tiny-olmo2",
                    Projections.class,
                    old -> ((NormedProjections) old).projections()),
            kernels("each head of queries normalised by itself", Q_NORM, "tiny-olmo2", ofEachHead(36, 6)),
            norms(
                    "norms of queries and keys left out of the change to 1 + weight",
                    Q_NORM,
                    "tiny-gemma3",
                    old -> old.name().endsWith("q_norm") ? withOffset(old, 0) : old),
            norms("no 1 added to the gains in Gemma", FIRST, "tiny-gemma", old -> withOffset(old, 0)),
            each(
                    "F11",
                    "the embedding not scaled",
                    "embed_tokens",
                    "tiny-gemma",
                    Embedding.class,
                    old -> new Embedding(old.name(), old.table())),
            activation("GELU with erf, as the file says", "tiny-gemma", Activation.GELU),
            activation("SiLU for GELU", "tiny-gemma3", Activation.SILU),
            scoring(
                    "query_pre_attn_scalar ignored, 1 / sqrt(D)",
                    "tiny-gemma3",
                    old -> new Scoring((float) (1 / Math.sqrt(6)), 0, old.window(), List.of())),
            scoring(
                    "scores soft-capped as in Gemma 2",
                    "tiny-gemma3",
                    old -> new Scoring(old.scale(), 2, old.window(), List.of())),
            scoring(
                    "scores divided by the root of hidden size over heads",
                    "tiny-ministral",
                    old -> new Scoring((float) (1 / Math.sqrt(5)), 0, old.window(), List.of())),
            head(
                    "logits soft-capped as in Gemma 2",
                    "tiny-gemma3",
                    old -> new Head(old.name(), old.weight(), null, 30)),
            head("logits not scaled", "tiny-cohere", old -> new Head(old.name(), old.weight())),
            head(
                    "logits divided by logit_scale",
                    "tiny-cohere2",
                    old -> new Head(old.name(), old.weight(), null, 1 / old.scale(), 0)),
            each(
                    "F11",
                    "attention and MLP one after the other instead of in parallel",
                    FIRST,
                    "tiny-cohere",
                    Block.class,
                    old -> new Block.Sequential(old.name(), old.ln1(), old.attn(), old.ln1(), old.mlp())),
            ForwardBug.of(
                            "F14",
                            "halves rotated together instead of neighbouring channels",
                            "",
                            Q,
                            Plant.kernels(halves()))
                    .in("tiny-cohere2"),
            kernels("LayerNorm without biases treated as RMSNorm", FIRST, "tiny-cohere2", asRmsNorm()),
            each(
                    "F18",
                    "all heads have the gains of the first",
                    Q_NORM,
                    "tiny-cohere",
                    LayerNorm.class,
                    old -> old.size() == old.gain().length
                            ? old
                            : new LayerNorm(
                                    old.name(),
                                    old.size(),
                                    Arrays.copyOf(old.gain(), old.size()),
                                    null,
                                    old.epsilon())),
            each(
                    "F18",
                    "queries normalised over all heads at once",
                    Q_NORM,
                    "tiny-cohere",
                    LayerNorm.class,
                    old -> new LayerNorm(old.name(), old.gain().length, old.gain(), null, old.epsilon())));

    private DenseFamilyBugs() {}

    private static Projections inner(Projections clipped) {
        return ((ClippedProjections) clipped).projections();
    }

    private static RmsNorm withOffset(RmsNorm old, float gainOffset) {
        return new RmsNorm(old.name(), old.gain(), gainOffset, old.epsilon());
    }

    private static <P> ForwardBug each(
            String id, String what, String tap, String fixture, Class<P> type, UnaryOperator<P> change) {
        Plant plant = Plant.model(model -> Surgery.each(model, type, change));
        return ForwardBug.of(id, what, "", tap, plant).in(fixture);
    }

    private static ForwardBug projections(String what, String tap, String fixture, UnaryOperator<Projections> change) {
        return each("F18", what, tap, fixture, Projections.class, change);
    }

    private static ForwardBug norms(String what, String tap, String fixture, UnaryOperator<RmsNorm> change) {
        return each("F18", what, tap, fixture, RmsNorm.class, change);
    }

    private static ForwardBug head(String what, String fixture, UnaryOperator<Head> change) {
        return each("F13", what, LOGITS, fixture, Head.class, change);
    }

    private static ForwardBug activation(String what, String fixture, Activation activation) {
        Plant plant = Plant.model(model -> Surgery.activation(model, 0, activation));
        return ForwardBug.of("F1", what, "", ACTIVATION, plant).in(fixture);
    }

    private static ForwardBug scoring(String what, String fixture, UnaryOperator<Scoring> change) {
        return ForwardBug.of("F3", what, "", SCORES, Plant.model(model -> Surgery.scoring(model, 0, change)))
                .in(fixture);
    }

    private static ForwardBug kernels(String what, String tap, String fixture, BuggedKernels kernels) {
        return ForwardBug.of("F18", what, "", tap, Plant.kernels(kernels)).in(fixture);
    }

    private static BuggedKernels halves() {
        return new BuggedKernels() {
            @Override
            public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout) {
                return super.rotate(x, angles, headSize, RotaryLayout.HALF_SPLIT);
            }
        };
    }

    private static BuggedKernels asRmsNorm() {
        return new BuggedKernels() {
            @Override
            public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
                float[] ones = new float[x.size(-1)];
                Arrays.fill(ones, 1);
                return rmsNorm(x, gain == null ? ones : gain, 0, epsilon);
            }
        };
    }

    /** Norms of as many gains as all heads have are applied to each head. */
    private static BuggedKernels ofEachHead(int all, int headSize) {
        return new BuggedKernels() {
            @Override
            public Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon) {
                if (gain.length != all) {
                    return super.rmsNorm(x, gain, gainOffset, epsilon);
                }
                float[] ones = new float[headSize];
                Arrays.fill(ones, 1);
                Tensor y = super.rmsNorm(x, ones, 0, epsilon);
                for (int i = 0; i < y.size(); i++) {
                    y.data()[i] *= gain[i % all];
                }
                return y;
            }
        };
    }
}
