package dev.touchstone.zoo;

import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** W5 and F18 in fused projections other than GPT-2's: their columns are read in the wrong order. */
final class FusedBugs {
    static final List<ForwardBug> ALL = List.of(
            fused("keys and values swapped", "layers.0.self_attn.k", "tiny-phi3", (old, model) -> {
                Projections.Fused blocks = (Projections.Fused) old;
                int queries = blocks.linear().weight().outputs() - 2 * blocks.keyValues();
                return new Projections.Interleaved(blocks.linear(), queries, blocks.keyValues(), true);
            }),
            fused("QKV read as interleaved by group", "layers.0.self_attn.q", "tiny-phi3", (old, model) -> {
                Projections.Fused blocks = (Projections.Fused) old;
                int groups = model.shape().keyValueHeads();
                int keys = blocks.keyValues() / groups;
                int queries = blocks.linear().weight().outputs() / groups - 2 * keys;
                return new Projections.Interleaved(blocks.linear(), queries, keys, false);
            }),
            fused("QKV of groups read as blocks", "h.0.self_attention.q", "tiny-falcon", (old, model) -> {
                Projections.Interleaved groups = (Projections.Interleaved) old;
                return new Projections.Fused(groups.linear(), model.shape().keyValueHeads() * groups.keyValues());
            }),
            fused("values before keys in groups", "h.0.self_attention.k", "tiny-falcon", FusedBugs::otherOrder),
            fused("values before keys", "h.0.self_attention.k", "tiny-falcon-multi-query", FusedBugs::otherOrder),
            fused(
                    "QKV of heads read as blocks",
                    "h.0.self_attention.q",
                    "tiny-falcon-alibi",
                    (old, model) -> new Projections.Fused(((Projections.Interleaved) old).linear())),
            fused("values before keys", "h.0.attn.k", "tiny-gpt-bigcode", (old, model) -> {
                Projections.Fused blocks = (Projections.Fused) old;
                return new Projections.Interleaved(
                        blocks.linear(), model.shape().channels(), blocks.keyValues(), true);
            }),
            fused("keys before values, unlike CodeGen", "h.0.attn.k", "tiny-codegen", FusedBugs::otherOrder),
            fused(
                    "QKV of four parts read as blocks",
                    "h.0.attn.q",
                    "tiny-codegen",
                    (old, model) -> new Projections.Fused(((Projections.Interleaved) old).linear())),
            fused(
                    "QKV of four parts read as heads",
                    "h.0.attn.q",
                    "tiny-codegen",
                    (old, model) -> new Projections.Interleaved(
                            ((Projections.Interleaved) old).linear(),
                            model.shape().headSize())),
            ForwardBug.of(
                            "F18",
                            "clip_qkv of a fused projection left out",
                            "",
                            "blocks.0.attn.q",
                            Plant.model(model -> Surgery.each(
                                    model, Projections.class, old -> ((ClippedProjections) old).projections())))
                    .in("tiny-mpt"),
            ForwardBug.of(
                            "F18",
                            "gate and up swapped in a fused projection",
                            "",
                            "layers.0.mlp.activation_fn",
                            Plant.kernels(new BuggedKernels() {
                                @Override
                                public Tensor columns(Tensor x, int from, int width, int step) {
                                    return super.columns(x, step == 2 * width ? width - from : from, width, step);
                                }
                            }))
                    .in("tiny-phi3"));

    private FusedBugs() {}

    /** Another way to read the columns of a fused projection. */
    @FunctionalInterface
    interface Reading {
        Projections of(Projections old, Transformer model);
    }

    private static Projections otherOrder(Projections old, Transformer model) {
        Projections.Interleaved right = (Projections.Interleaved) old;
        return new Projections.Interleaved(right.linear(), right.queries(), right.keyValues(), !right.valuesFirst());
    }

    private static ForwardBug fused(String what, String tap, String fixture, Reading reading) {
        UnaryOperator<Transformer> change =
                model -> Surgery.each(model, Projections.class, old -> reading.of(old, model));
        return ForwardBug.of("W5", "fused " + what, "", tap, Plant.model(change))
                .in(fixture);
    }
}
