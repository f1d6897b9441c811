package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.ExpertChoice;
import dev.touchstone.model.Experts;
import dev.touchstone.model.Experts.Projection;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Router;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** F20: mixtures of experts. The router, the choice, the weights, the experts, and the shared expert. */
final class MixtureBugs {
    private static final String MIXTRAL = "tiny-mixtral";
    private static final String QWEN2 = "tiny-qwen2-moe";
    private static final String QWEN3 = "tiny-qwen3-moe";
    private static final String OSS = "tiny-gpt-oss";
    private static final String GRANITE = "tiny-granitemoe";

    static final List<ForwardBug> ALL = List.of(
            sinks("the attention sinks left out", old -> old.withSinks(List.of())),
            sinks(
                    "attention sinks of 0 for all heads",
                    old -> old.withSinks(Collections.nCopies(old.sinks().size(), 0f))),
            oss(
                    "the limits of the activation missing",
                    "layers.0.mlp.experts.act_fn",
                    old -> new Experts(old.name(), old.gate(), old.activation(), old.up(), old.down(), 100)),
            oss(
                    "the biases of the down projections of the experts dropped",
                    "layers.0.mlp.experts.down_proj",
                    old -> new Experts(
                            old.name(),
                            old.gate(),
                            old.activation(),
                            old.up(),
                            new Projection(old.down().name(), old.down().weights()),
                            old.limit())),
            oss(
                    "SiLU for x sigmoid(1.702 x)",
                    "layers.0.mlp.experts.act_fn",
                    old -> new Experts(
                            old.name(),
                            old.gate(),
                            new Mlp.NamedActivation(old.activation().name(), Activation.SILU),
                            old.up(),
                            old.down(),
                            old.limit())),
            router(
                    "the softmax before the choice instead of after it",
                    "layers.1.mlp.router.weights",
                    OSS,
                    old -> new Router(
                            old.linear(), Router.Scores.SOFTMAX, old.choice(), new Weighting(Normalization.NONE, 1))),
            router(
                    "weights not divided by the sum of the chosen",
                    "layers.0.block_sparse_moe.router.weights",
                    GRANITE,
                    old -> new Router(
                            old.linear(), Router.Scores.SOFTMAX, old.choice(), new Weighting(Normalization.NONE, 1))),
            router(
                    "the bias of the router dropped",
                    "layers.0.mlp.router",
                    OSS,
                    old -> new Router(
                            new Linear(old.linear().name(), old.linear().weight(), null),
                            old.scores(),
                            old.choice(),
                            old.weighting())),
            router(
                    "weights not divided by their sum",
                    "layers.0.mlp.gate.weights",
                    MIXTRAL,
                    normalization(Normalization.NONE)),
            router(
                    "weights not divided by their sum",
                    "layers.1.mlp.gate.weights",
                    QWEN3,
                    normalization(Normalization.NONE)),
            router(
                    "weights divided by their sum without norm_topk_prob",
                    "layers.1.mlp.gate.weights",
                    QWEN2,
                    normalization(Normalization.SUM)),
            router(
                    "weights by a softmax of the chosen probabilities",
                    "layers.0.mlp.gate.weights",
                    MIXTRAL,
                    normalization(Normalization.SOFTMAX)),
            router(
                    "sigmoids for the softmax",
                    "layers.0.mlp.gate.weights",
                    MIXTRAL,
                    old -> new Router(old.linear(), Router.Scores.SIGMOID, old.choice(), old.weighting())),
            router(
                    "one expert too few for each token",
                    "layers.0.mlp.gate.chosen",
                    MIXTRAL,
                    old -> new Router(old.linear(), old.scores(), new ExpertChoice(1), old.weighting())),
            router(
                    "one expert too many for each token",
                    "layers.0.mlp.gate.chosen",
                    MIXTRAL,
                    old -> new Router(old.linear(), old.scores(), new ExpertChoice(3), old.weighting())),
            tap(
                    "the router's logits in bfloat16",
                    "layers.0.mlp.gate",
                    MIXTRAL,
                    (value, before) -> map(value, x -> HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(x)))),
            tap(
                    "the experts with the smallest logits chosen",
                    "layers.0.mlp.gate.chosen",
                    MIXTRAL,
                    (value, before) -> best(before.get("layers.0.mlp.gate"), value.size(-1), -1, false)),
            tap(
                    "of equal logits always the first chosen",
                    "layers.1.mlp.gate.chosen",
                    QWEN3,
                    (value, before) -> best(before.get("layers.1.mlp.gate"), value.size(-1), 1, false)),
            tap(
                    "of equal logits always the last chosen",
                    "layers.1.mlp.gate.chosen",
                    QWEN3,
                    (value, before) -> best(before.get("layers.1.mlp.gate"), value.size(-1), 1, true)),
            tap(
                    "weights sorted by size, experts by index",
                    "layers.0.mlp.gate.weights",
                    MIXTRAL,
                    (value, before) -> sortedRows(value)),
            experts(
                    "the matrices of the next expert",
                    "layers.0.mlp.experts.gate_proj",
                    old -> new Experts(
                            old.name(), next(old.gate()), old.activation(), next(old.up()), next(old.down()), 0)),
            experts(
                    "the down projection of the next expert",
                    "layers.0.mlp.experts.down_proj",
                    old -> new Experts(old.name(), old.gate(), old.activation(), old.up(), next(old.down()), 0)),
            experts(
                    "the matrices of the first expert for all",
                    "layers.0.mlp.experts.gate_proj",
                    old -> new Experts(
                            old.name(), first(old.gate()), old.activation(), first(old.up()), first(old.down()), 0)),
            experts(
                    "gate and up projection of the experts swapped",
                    "layers.0.mlp.experts.act_fn",
                    old -> new Experts(old.name(), old.up(), old.activation(), old.gate(), old.down(), 0)),
            tap(
                    "the outputs of the experts added without weights",
                    "layers.0.mlp.experts",
                    MIXTRAL,
                    (value, before) -> sum(before, value, 1, 1)),
            tap(
                    "the outputs of the experts averaged",
                    "layers.0.mlp.experts",
                    MIXTRAL,
                    (value, before) -> sum(before, value, 0.5f, 0.5f)),
            tap("the weights of the two experts exchanged", "layers.0.mlp.experts", MIXTRAL, MixtureBugs::exchanged),
            tap(
                    "tokens above the capacity of an expert dropped",
                    "layers.0.mlp.experts.down_proj",
                    MIXTRAL,
                    (value, before) -> dropped(value, before.get("layers.0.mlp.gate.chosen"), 4)),
            tap(
                    "the shared expert dropped",
                    "layers.1.mlp",
                    QWEN2,
                    (value, before) -> before.get("layers.1.mlp.experts")),
            tap(
                    "the shared expert without its gate",
                    "layers.1.mlp",
                    QWEN2,
                    (value, before) -> shared(before, logit -> 1f)),
            tap(
                    "the gate of the shared expert without a sigmoid",
                    "layers.1.mlp",
                    QWEN2,
                    (value, before) -> shared(before, logit -> logit)),
            tap("only the shared expert added", "layers.1.mlp", QWEN2, (value, before) -> {
                Tensor gated = Tensor.zeros(value.shape());
                for (int i = 0; i < value.size(); i++) {
                    gated.data()[i] =
                            value.data()[i] - before.get("layers.1.mlp.experts").data()[i];
                }
                return gated;
            }));

    private MixtureBugs() {}

    private static ForwardBug router(String what, String tap, String fixture, UnaryOperator<Router> change) {
        return ForwardBug.of("F20", what, "", tap, Plant.model(model -> Surgery.each(model, Router.class, change)))
                .in(fixture);
    }

    private static ForwardBug sinks(String what, UnaryOperator<Scoring> change) {
        return ForwardBug.of(
                        "F20",
                        what,
                        "",
                        "layers.0.self_attn.probs",
                        Plant.model(model -> Surgery.each(model, Scoring.class, change)))
                .in(OSS);
    }

    private static ForwardBug oss(String what, String tap, UnaryOperator<Experts> change) {
        return experts(what, tap, change).in(OSS);
    }

    private static UnaryOperator<Router> normalization(Normalization other) {
        return old -> new Router(
                old.linear(),
                old.scores(),
                old.choice(),
                new Weighting(other, old.weighting().factor()));
    }

    private static ForwardBug experts(String what, String tap, UnaryOperator<Experts> change) {
        return ForwardBug.of("F20", what, "", tap, Plant.model(model -> Surgery.each(model, Experts.class, change)))
                .in(MIXTRAL);
    }

    /** Replaces the value of one tap, given the values before it. */
    private interface Change {
        Tensor of(Tensor value, Map<String, Tensor> before);
    }

    private static ForwardBug tap(String what, String tap, String fixture, Change change) {
        return ForwardBug.of(
                        "F20",
                        what,
                        "",
                        tap,
                        Plant.tap((name, value, before) -> name.equals(tap) ? change.of(value, before) : value))
                .in(fixture);
    }

    private static Projection next(Projection old) {
        List<Matrix> rotated = new ArrayList<>(old.weights());
        Collections.rotate(rotated, -1);
        return new Projection(old.name(), rotated);
    }

    private static Projection first(Projection old) {
        return new Projection(
                old.name(),
                Collections.nCopies(old.weights().size(), old.weights().get(0)));
    }

    private static Tensor map(Tensor x, UnaryOperator<Float> change) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < x.size(); i++) {
            y.data()[i] = change.apply(x.data()[i]);
        }
        return y;
    }

    /** The experts of each token by logit times {@code sign}, in ascending order. (T, E) -> (T, K) */
    private static Tensor best(Tensor logits, int K, int sign, boolean lastOfEquals) {
        Tensor chosen = Tensor.zeros(logits.rows(), K);
        int E = logits.size(-1);
        for (int t = 0; t < logits.rows(); t++) {
            int token = t;
            int[] experts = IntStream.range(0, E)
                    .map(e -> lastOfEquals ? E - 1 - e : e)
                    .boxed()
                    .sorted((a, b) -> Float.compare(sign * logits.at(token, b), sign * logits.at(token, a)))
                    .limit(K)
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .toArray();
            for (int k = 0; k < K; k++) {
                chosen.data()[t * K + k] = experts[k];
            }
        }
        return chosen;
    }

    private static Tensor sortedRows(Tensor x) {
        Tensor y = Tensor.zeros(x.shape());
        for (int row = 0; row < x.rows(); row++) {
            float[] values = x.row(row);
            Arrays.sort(values);
            for (int i = 0; i < values.length; i++) {
                y.data()[row * values.length + i] = values[values.length - 1 - i];
            }
        }
        return y;
    }

    /** The sum of the outputs of two experts with other weights. */
    private static Tensor sum(Map<String, Tensor> before, Tensor value, float first, float second) {
        Tensor outputs = before.get("layers.0.mlp.experts.down_proj");
        Tensor sum = Tensor.zeros(value.shape());
        int C = value.size(-1);
        for (int i = 0; i < value.size(); i++) {
            int t = i / C;
            sum.data()[i] = first * outputs.at(t, i % C) + second * outputs.at(t, C + i % C);
        }
        return sum;
    }

    private static Tensor exchanged(Tensor value, Map<String, Tensor> before) {
        Tensor outputs = before.get("layers.0.mlp.experts.down_proj");
        Tensor weights = before.get("layers.0.mlp.gate.weights");
        Tensor sum = Tensor.zeros(value.shape());
        int C = value.size(-1);
        for (int i = 0; i < value.size(); i++) {
            int t = i / C;
            sum.data()[i] = weights.at(t, 1) * outputs.at(t, i % C) + weights.at(t, 0) * outputs.at(t, C + i % C);
        }
        return sum;
    }

    /** Zeros for the tokens of an expert beyond the first few. (T, K C) -> (T, K C) */
    private static Tensor dropped(Tensor outputs, Tensor chosen, int capacity) {
        Tensor kept = Tensor.of(outputs.data().clone(), outputs.shape());
        int C = outputs.size(-1) / chosen.size(-1);
        int[] used = new int[64];
        for (int slot = 0; slot < chosen.size(); slot++) {
            if (++used[(int) chosen.data()[slot]] > capacity) {
                Arrays.fill(kept.data(), slot * C, (slot + 1) * C, 0);
            }
        }
        return kept;
    }

    private static Tensor shared(Map<String, Tensor> before, UnaryOperator<Float> gate) {
        Tensor experts = before.get("layers.1.mlp.experts");
        Tensor shared = before.get("layers.1.mlp.shared_expert");
        Tensor logits = before.get("layers.1.mlp.shared_expert_gate");
        Tensor sum = Tensor.zeros(experts.shape());
        for (int i = 0; i < sum.size(); i++) {
            sum.data()[i] = experts.data()[i] + gate.apply(logits.data()[i / experts.size(-1)]) * shared.data()[i];
        }
        return sum;
    }
}
