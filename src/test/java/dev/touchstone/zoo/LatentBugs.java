package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.ExpertChoice;
import dev.touchstone.model.ExpertGroups;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Router;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** F21: latent attention, and the mixtures of experts of DeepSeek-V2 and V3. */
final class LatentBugs {
    private static final String V2 = "tiny-deepseek-v2";
    private static final String V3 = "tiny-deepseek-v3";
    private static final String ATTENTION = "layers.0.self_attn";
    private static final String GATE = "layers.1.mlp.gate";
    private static final ScalarKernels KERNELS = new ScalarKernels();
    /** Channels of a head: without position, rotated, of a value. */
    private static final int N = 4;

    private static final int R = 6;
    private static final int E = 7;
    private static final int LATENT = 12;

    static final List<ForwardBug> ALL = List.of(
            attention(
                    "the first channels of each head rotated",
                    ".q",
                    V2,
                    before -> KERNELS.rotate(
                            before.get(ATTENTION + ".q_proj"),
                            before.get("rotary_emb"),
                            N + R,
                            RotaryLayout.INTERLEAVED)),
            attention(
                    "the channels that heads share not rotated",
                    ".k",
                    V2,
                    before -> keys(KERNELS.columns(expanded(before), 0, N, N + E), shared(before))),
            attention(
                    "the channels that heads share not rotated",
                    ".k",
                    V3,
                    before -> keys(KERNELS.columns(expanded(before), 0, N, N + E), shared(before))),
            attention(
                    "the values of a head before its keys",
                    ".k",
                    V3,
                    before -> keys(KERNELS.columns(expanded(before), E, N, N + E), rotated(before))),
            attention(
                    "the keys of all heads before the values",
                    ".k",
                    V3,
                    before -> keys(KERNELS.columns(expanded(before), 0, 3 * N, 3 * (N + E)), rotated(before))),
            attention(
                    "the values at the columns of the keys",
                    ".v",
                    V2,
                    before -> KERNELS.columns(expanded(before), 0, E, N + E)),
            attention(
                    "the first channels of the compression rotated",
                    ".k",
                    V3,
                    before -> keys(
                            KERNELS.columns(expanded(before), 0, N, N + E),
                            KERNELS.rotate(
                                    compressed(before, 0, R),
                                    before.get("rotary_emb"),
                                    R,
                                    RotaryLayout.INTERLEAVED_TO_HALVES))),
            ForwardBug.of(
                            "F21",
                            "channels half a head apart rotated together",
                            "",
                            ATTENTION + ".q",
                            Plant.model(model ->
                                    Surgery.each(model, Rotary.class, old -> old.withLayout(RotaryLayout.HALF_SPLIT))))
                    .in(V3),
            attention(
                    "the norm of the latent left out", ".kv_a_layernorm", V3, before -> compressed(before, 0, LATENT)),
            attention(
                    "the norm of the latent of queries left out",
                    ".q_a_layernorm",
                    V3,
                    before -> before.get(ATTENTION + ".q_a_proj")),
            ForwardBug.of(
                            "F21",
                            "rms_norm_eps in the norms of latents",
                            "",
                            ATTENTION + ".q_a_layernorm",
                            Plant.model(model -> Surgery.each(
                                    model,
                                    RmsNorm.class,
                                    old -> new RmsNorm(old.name(), old.gain(), old.gainOffset(), 5e-3))))
                    .in(V3),
            scale("mscale_all_dim forgotten", V3, 1 / Math.sqrt(N + R)),
            scale("mscale_all_dim once instead of squared", V3, (0.13 * Math.log(4) + 1) / Math.sqrt(N + R)),
            scale("scores scaled by the size of values", V2, 1 / Math.sqrt(E)),
            router(
                    "the correction bias left out",
                    ".chosen",
                    V3,
                    choice(old -> new ExpertChoice(old.count(), null, old.groups()))),
            router(
                    "the groups left out",
                    ".chosen",
                    V3,
                    choice(old -> new ExpertChoice(old.count(), old.bias(), null))),
            router("the groups left out", ".chosen", V2, choice(old -> new ExpertChoice(old.count(), null, null))),
            router("groups by their best expert", ".chosen", V3, best(1)),
            router("groups by their best two experts", ".chosen", V2, best(2)),
            router(
                    "the softmax for the sigmoids",
                    ".chosen",
                    V3,
                    old -> new Router(old.linear(), Scores.SOFTMAX, old.choice(), old.weighting())),
            router(
                    "the sigmoids for the softmax",
                    ".weights",
                    V2,
                    old -> new Router(old.linear(), Scores.SIGMOID, old.choice(), old.weighting())),
            router(
                    "routed_scaling_factor forgotten",
                    ".weights",
                    V2,
                    weighting(old -> new Weighting(old.normalization(), 1))),
            router(
                    "routed_scaling_factor forgotten",
                    ".weights",
                    V3,
                    weighting(old -> new Weighting(old.normalization(), 1))),
            router(
                    "weights divided by their sum",
                    ".weights",
                    V2,
                    weighting(old -> new Weighting(Normalization.SUM, old.factor()))),
            router(
                    "weights not divided by their sum",
                    ".weights",
                    V3,
                    weighting(old -> new Weighting(Normalization.NONE, old.factor()))),
            tap("the correction bias in the weights", GATE + ".weights", V3, LatentBugs::biasedWeights),
            tap("the shared experts left out", "layers.1.mlp", V2, before -> before.get("layers.1.mlp.experts")),
            tap("the shared expert left out", "layers.1.mlp", V3, before -> before.get("layers.1.mlp.experts")),
            tap(
                    "the shared expert times the scaling factor",
                    "layers.1.mlp",
                    V3,
                    before -> KERNELS.add(
                            before.get("layers.1.mlp.experts"),
                            KERNELS.scale(before.get("layers.1.mlp.shared_experts"), 1.375f))));

    private LatentBugs() {}

    /** From the taps before one to its wrong value. */
    private interface Wrong {
        Tensor of(Map<String, Tensor> before);
    }

    private static ForwardBug tap(String what, String tap, String fixture, Wrong wrong) {
        return ForwardBug.of(
                        "F21",
                        what,
                        "",
                        tap,
                        Plant.tap((name, value, before) -> name.equals(tap) ? wrong.of(before) : value))
                .in(fixture);
    }

    private static ForwardBug attention(String what, String tap, String fixture, Wrong wrong) {
        return tap(what, ATTENTION + tap, fixture, wrong);
    }

    private static ForwardBug scale(String what, String fixture, double scale) {
        return ForwardBug.of(
                        "F21", what, "", ATTENTION + ".scores", Plant.model(model -> Surgery.scale(model, 0, scale)))
                .in(fixture);
    }

    private static ForwardBug router(String what, String tap, String fixture, UnaryOperator<Router> change) {
        return ForwardBug.of(
                        "F21", what, "", GATE + tap, Plant.model(model -> Surgery.each(model, Router.class, change)))
                .in(fixture);
    }

    private static UnaryOperator<Router> choice(UnaryOperator<ExpertChoice> change) {
        return old -> new Router(old.linear(), old.scores(), change.apply(old.choice()), old.weighting());
    }

    private static UnaryOperator<Router> weighting(UnaryOperator<Weighting> change) {
        return old -> new Router(old.linear(), old.scores(), old.choice(), change.apply(old.weighting()));
    }

    private static UnaryOperator<Router> best(int experts) {
        return choice(old -> new ExpertChoice(
                old.count(),
                old.bias(),
                new ExpertGroups(
                        old.groups().count(),
                        old.groups().chosen(),
                        experts,
                        old.groups().masked())));
    }

    private static Tensor expanded(Map<String, Tensor> before) {
        return before.get(ATTENTION + ".kv_b_proj");
    }

    private static Tensor compressed(Map<String, Tensor> before, int from, int width) {
        return KERNELS.columns(before.get(ATTENTION + ".kv_a_proj_with_mqa"), from, width, LATENT + R);
    }

    /** The channels of keys that all heads share, before the rotary embedding. (T, R) */
    private static Tensor shared(Map<String, Tensor> before) {
        return compressed(before, LATENT, R);
    }

    private static Tensor rotated(Map<String, Tensor> before) {
        return KERNELS.rotate(shared(before), before.get("rotary_emb"), R, RotaryLayout.INTERLEAVED_TO_HALVES);
    }

    /** The keys of three heads. (T, 3 N), (T, R) -> (T, 3 (N + R)) */
    private static Tensor keys(Tensor plain, Tensor shared) {
        Tensor keys = Tensor.zeros(plain.rows(), 3 * (N + R));
        for (int head = 0; head < 3 * plain.rows(); head++) {
            System.arraycopy(plain.data(), head * N, keys.data(), head * (N + R), N);
            System.arraycopy(shared.data(), head / 3 * R, keys.data(), head * (N + R) + N, R);
        }
        return keys;
    }

    /** Weights from scores to which the bias is added, which is known to be this. */
    private static Tensor biasedWeights(Map<String, Tensor> before) {
        float[] bias = {0.10009765625f, 0.050048828125f, -0.30078125f, 0, 0.150390625f, -0.30078125f};
        Tensor sigmoids = KERNELS.activate(before.get(GATE), Activation.SIGMOID);
        Tensor chosen = before.get(GATE + ".chosen");
        Tensor weights = Tensor.zeros(chosen.shape());
        int K = chosen.size(-1);
        for (int t = 0; t < chosen.rows(); t++) {
            float sum = 0;
            for (int k = 0; k < K; k++) {
                int expert = (int) chosen.at(t, k);
                weights.data()[t * K + k] = sigmoids.at(t, expert) + bias[expert];
                sum += weights.data()[t * K + k];
            }
            for (int k = 0; k < K; k++) {
                weights.data()[t * K + k] *= 1.375f / sum;
            }
        }
        return weights;
    }
}
