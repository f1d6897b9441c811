package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** N: slightly inaccurate arithmetic, which usually does not change generated text. */
final class NumericsBugs {
    static final List<ForwardBug> ALL = List.of(
            ForwardBug.of(
                    "N1",
                    "products of bfloat16 with a sum in float32",
                    "",
                    "h.0.attn.c_attn",
                    linear(NumericsBugs::bfloat16)),
            ForwardBug.of(
                    "N1",
                    "products of TF32, ten bits of fraction",
                    "",
                    "h.0.attn.c_attn",
                    linear(x -> Float.intBitsToFloat(Float.floatToRawIntBits(x) + 0x1000 & ~0x1FFF))),
            ForwardBug.of("N2", "queries rounded to float16", "", "h.0.attn.scores", Plant.kernels(new BuggedKernels() {
                @Override
                public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                    return super.scores(half(q), cache, scoring);
                }
            })),
            ForwardBug.of(
                    "N3",
                    "exp computed as (1 + x / 1024)^1024",
                    "",
                    "h.0.attn.probs",
                    Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor softmax(Tensor scores) {
                            Tensor logs = Tensor.zeros(scores.shape());
                            for (int i = 0; i < logs.size(); i++) {
                                logs.data()[i] = (float) (1024 * Math.log(Math.max(0, 1 + scores.data()[i] / 1024)));
                            }
                            return super.softmax(logs);
                        }
                    })),
            ForwardBug.of(
                    "N3", "probabilities below 1e-4 set to 0", "", "h.0.attn.probs", Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor softmax(Tensor scores) {
                            return each(super.softmax(scores), p -> p < 1e-4f ? 0 : p);
                        }
                    })),
            ForwardBug.of("N4", "GELU replaced by ReLU beyond 2", "", "h.0.mlp.act", Plant.kernels(new BuggedKernels() {
                @Override
                public Tensor activate(Tensor x, Activation activation) {
                    Tensor y = super.activate(x, activation);
                    for (int i = 0; i < y.size(); i++) {
                        y.data()[i] = Math.abs(x.data()[i]) > 2 ? Math.max(0, x.data()[i]) : y.data()[i];
                    }
                    return y;
                }
            })),
            ForwardBug.of(
                    "N5",
                    "one product of one element accumulated wrongly",
                    "",
                    "h.0.attn.c_attn",
                    Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor linear(Tensor x, Matrix weight, float[] bias) {
                            Tensor y = super.linear(x, weight, bias);
                            y.data()[y.size() / 2] -= x.at(x.rows() / 2, 0) * weight.at(0, 0);
                            return y;
                        }
                    })));

    private NumericsBugs() {}

    private static Plant linear(UnaryOperator<Float> round) {
        return Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor linear(Tensor x, Matrix weight, float[] bias) {
                return super.linear(each(x, round), Surgery.each(weight, round), bias);
            }
        });
    }

    private static float bfloat16(float x) {
        return HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(x));
    }

    private static Tensor half(Tensor x) {
        return each(x, value -> HalfPrecision.fromFloat16(HalfPrecision.toFloat16(value)));
    }

    private static Tensor each(Tensor x, UnaryOperator<Float> change) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = change.apply(x.data()[i]);
        }
        return y;
    }
}
