package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** F1: a wrong activation function or a wrong constant in it. {@code tiny-gpt2} uses gelu_new, the variant the GELU with erf. */
final class ActivationBugs {
    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final String FIRST = "h.0.mlp.act";

    static final List<ForwardBug> ALL = List.of(
            model("GELU with erf for gelu_new", "nanoGPT#274", Activation.GELU, 0),
            model("GELU with erf for gelu_new, in the last block only", "nanoGPT#274", Activation.GELU, 1),
            model("gelu_new for the GELU with erf", "CTranslate2#1658", Activation.GELU_NEW, 0)
                    .inTheVariant(),
            model("ReLU for GELU", "", Activation.RELU, 0),
            function("quick GELU, x sigmoid(1.702 x)", "CTranslate2#1658", x -> x / (1 + Math.exp(-1.702 * x))),
            function("quick GELU for the GELU with erf", "CTranslate2#1658", x -> x / (1 + Math.exp(-1.702 * x)))
                    .inTheVariant(),
            function("SiLU for GELU", "", x -> x / (1 + Math.exp(-x))),
            tanh("0.44715 for 0.044715", x -> ROOT * (x + 0.44715 * x * x * x)),
            tanh("0.0447 for 0.044715", x -> ROOT * (x + 0.0447 * x * x * x)),
            tanh("0.8 for sqrt(2 / pi)", x -> 0.8 * (x + 0.044715 * x * x * x)),
            tanh("sqrt(2 / pi) missing", x -> x + 0.044715 * x * x * x),
            tanh("sqrt(2 / pi) on the first term only", x -> ROOT * x + 0.044715 * x * x * x),
            tanh("the cube missing", x -> ROOT * x),
            tanh("a square for the cube", x -> ROOT * (x + 0.044715 * x * x)));

    private ActivationBugs() {}

    private static ForwardBug model(String what, String seenIn, Activation activation, int layer) {
        Plant plant = Plant.model(model -> Surgery.activation(model, layer, activation));
        return ForwardBug.of("F1", what, seenIn, "h." + layer + ".mlp.act", plant);
    }

    private static ForwardBug tanh(String what, DoubleUnaryOperator inner) {
        return function("gelu_new with " + what, "nanoGPT#274", x -> x / 2 * (1 + Math.tanh(inner.applyAsDouble(x))));
    }

    private static ForwardBug function(String what, String seenIn, DoubleUnaryOperator function) {
        return ForwardBug.of("F1", what, seenIn, FIRST, Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor activate(Tensor x, Activation activation) {
                Tensor y = Tensor.zeros(x.shape());
                for (int i = 0; i < y.size(); i++) {
                    y.data()[i] = (float) function.applyAsDouble(x.data()[i]);
                }
                return y;
            }
        }));
    }
}
