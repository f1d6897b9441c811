package dev.touchstone.zoo;

import dev.touchstone.model.LayerNorm;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** F2, and F11 and F13 in norms: a wrong epsilon, a wrong variance, dropped gains and biases. */
final class NormBugs {
    private static final String FIRST = "h.0.ln_1";

    static final List<ForwardBug> ALL = List.of(
            epsilon("epsilon of another model, 1e-5 for 1e-3", 1e-5),
            epsilon("epsilon of another model, 1e-5 for 3e-2", 1e-5).inTheVariant(),
            epsilon("epsilon of another model, 1e-12 as in BERT", 1e-12),
            epsilon("no epsilon", 0),
            ForwardBug.of(
                    "F2",
                    "the default epsilon in ln_f only",
                    "",
                    "ln_f",
                    norm("ln_f", norm -> new LayerNorm(norm.name(), norm.gain(), norm.bias(), 1e-5))),
            variant("epsilon outside the root", (squares, n, epsilon) -> Math.sqrt(squares / n) + epsilon),
            variant("epsilon squared", (squares, n, epsilon) -> Math.sqrt(squares / n + epsilon * epsilon)),
            variant("the unbiased variance", (squares, n, epsilon) -> Math.sqrt(squares / (n - 1) + epsilon)),
            variant("the variance instead of its square root", (squares, n, epsilon) -> squares / n + epsilon),
            variant(
                    "the square root of the sum instead of the mean",
                    (squares, n, epsilon) -> Math.sqrt(squares + epsilon)),
            ForwardBug.of("F2", "the mean is not subtracted, as RMSNorm does", "", FIRST, kernels(false)),
            ForwardBug.of("F2", "mean and variance over the tokens instead of the channels", "", FIRST, kernels(true)),
            ForwardBug.of(
                    "F2",
                    "gain and bias swapped",
                    "",
                    FIRST,
                    norm(FIRST, norm -> new LayerNorm(norm.name(), norm.bias(), norm.gain(), norm.epsilon()))),
            gain(FIRST),
            gain("h.1.ln_2"),
            gain("ln_f"),
            bias("h.0.ln_1"),
            bias("h.0.ln_2"),
            bias("h.1.ln_1"),
            bias("h.1.ln_2"),
            bias("ln_f"));

    private NormBugs() {}

    /** The divisor of a deviation from the mean. */
    @FunctionalInterface
    private interface Divisor {
        double of(double squares, int count, double epsilon);
    }

    private static Plant norm(String name, UnaryOperator<LayerNorm> change) {
        return Plant.model(model -> Surgery.norm(model, name, change));
    }

    private static ForwardBug epsilon(String what, double epsilon) {
        return ForwardBug.of("F2", what, "Jlama", FIRST, Plant.model(model -> Surgery.epsilon(model, epsilon)));
    }

    private static ForwardBug gain(String name) {
        return ForwardBug.of("F13", "the gain of " + name + " dropped", "", name, norm(name, norm -> {
            float[] ones = norm.gain().clone();
            Arrays.fill(ones, 1);
            return new LayerNorm(norm.name(), ones, norm.bias(), norm.epsilon());
        }));
    }

    private static ForwardBug bias(String name) {
        return ForwardBug.of(
                "F13",
                "the bias of " + name + " dropped",
                "ONNX test models with zero biases",
                name,
                norm(name, norm -> {
                    float[] zeros = new float[norm.bias().length];
                    return new LayerNorm(norm.name(), norm.gain(), zeros, norm.epsilon());
                }));
    }

    private static ForwardBug variant(String what, Divisor divisor) {
        return ForwardBug.of("F2", what, "Jlama", FIRST, Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
                int channels = x.size(-1);
                Tensor y = Tensor.zeros(x.shape());
                for (int t = 0; t < x.rows(); t++) {
                    double mean = 0;
                    double squares = 0;
                    for (int c = 0; c < channels; c++) {
                        mean += x.at(t, c) / (double) channels;
                    }
                    for (int c = 0; c < channels; c++) {
                        squares += Math.pow(x.at(t, c) - mean, 2);
                    }
                    double divisorOfRow = divisor.of(squares, channels, epsilon);
                    for (int c = 0; c < channels; c++) {
                        y.data()[t * channels + c] = (float) ((x.at(t, c) - mean) / divisorOfRow * gain[c] + bias[c]);
                    }
                }
                return y;
            }
        }));
    }

    /** A mean of 0, or statistics of each channel over all tokens. */
    private static Plant kernels(boolean overTokens) {
        return Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
                int channels = x.size(-1);
                Tensor y = Tensor.zeros(x.shape());
                for (int t = 0; t < x.rows(); t++) {
                    for (int c = 0; c < channels; c++) {
                        double sum = 0;
                        double squares = 0;
                        int count = overTokens ? x.rows() : channels;
                        for (int i = 0; i < count; i++) {
                            double value = overTokens ? x.at(i, c) : x.at(t, i);
                            sum += value;
                            squares += value * value;
                        }
                        double mean = overTokens ? sum / count : 0;
                        double scale = 1 / Math.sqrt(squares / count - mean * mean + epsilon);
                        y.data()[t * channels + c] = (float) ((x.at(t, c) - mean) * scale * gain[c] + bias[c]);
                    }
                }
                return y;
            }
        });
    }
}
