package dev.touchstone.zoo;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/** F2, F12, F20 and F21, which the goldens do not detect: sums in varying order, shortcuts, overflow, cancellation. */
final class KernelBugs {
    static final List<Bug<Kernels>> ALL = List.of(
            new Bug<>(
                    "F20",
                    "partial sums of a product added in varying order",
                    "GPULlama3.java e70da61",
                    sums(new Summation() {
                        private int calls;

                        @Override
                        public int partialSums(Tensor x) {
                            return 2
                                    + calls++
                                            % 4; // a pass has nine products, so the next pass starts with another count
                        }
                    }),
                    KernelChecks.REPEATED_RUNS),
            new Bug<>(
                    "F20",
                    "a race: a result is sometimes written before its last term",
                    "GPULlama3.java e70da61",
                    new BuggedKernels() {
                        private int calls;

                        @Override
                        public Tensor linear(Tensor x, Matrix weight, float[] bias) {
                            Tensor y = super.linear(x, weight, bias);
                            if (++calls % 7 == 0) {
                                y.data()[0] = Math.nextUp(y.data()[0]);
                            }
                            return y;
                        }
                    },
                    KernelChecks.REPEATED_RUNS),
            new Bug<>(
                    "F20", "as many partial sums as the machine has SIMD lanes", "", sums(x -> 8), KernelChecks.SCALAR),
            new Bug<>(
                    "F20",
                    "one accumulation chain with one thread, several with several threads",
                    "",
                    sums(x -> x.rows() > 8 ? 1 : 4),
                    KernelChecks.TOKEN_BY_TOKEN),
            new Bug<>(
                    "F21",
                    "a shortcut for one row sums in another order",
                    "vllm#5898",
                    sums(x -> x.rows() == 1 ? 4 : 1),
                    KernelChecks.TOKEN_BY_TOKEN),
            new Bug<>(
                    "F21",
                    "tiles sum in an order that depends on the number of rows",
                    "vllm#5898",
                    sums(x -> 1 + x.rows() % 3),
                    KernelChecks.OTHER_ROWS),
            new Bug<>(
                    "F12",
                    "softmax without subtracting the maximum",
                    "tiny-llm#80",
                    HeadBugs.withoutMaximum(),
                    KernelChecks.LARGE_SCORES),
            new Bug<>(
                    "F2",
                    "one-pass variance, E[x²] - E[x]², in float",
                    "Jlama",
                    new BuggedKernels() {
                        @Override
                        public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
                            Tensor y = Tensor.zeros(x.shape());
                            int channels = x.size(-1);
                            for (int t = 0; t < x.rows(); t++) {
                                float sum = 0;
                                float squares = 0;
                                for (int c = 0; c < channels; c++) {
                                    sum += x.at(t, c);
                                    squares += x.at(t, c) * x.at(t, c);
                                }
                                float mean = sum / channels;
                                double scale = 1 / Math.sqrt(squares / channels - mean * mean + epsilon);
                                for (int c = 0; c < channels; c++) {
                                    y.data()[t * channels + c] =
                                            (float) ((x.at(t, c) - mean) * scale * gain[c] + bias[c]);
                                }
                            }
                            return y;
                        }
                    },
                    KernelChecks.FAR_FROM_ZERO));

    private KernelBugs() {}

    /** The number of partial sums of a product. */
    @FunctionalInterface
    private interface Summation {
        int partialSums(Tensor x);
    }

    private static Kernels sums(Summation summation) {
        return new BuggedKernels() {
            @Override
            public Tensor linear(Tensor x, Matrix weight, float[] bias) {
                int count = summation.partialSums(x);
                Tensor y = Tensor.zeros(x.rows(), weight.outputs());
                for (int i = 0; i < y.size(); i++) {
                    int t = i / weight.outputs();
                    int o = i % weight.outputs();
                    float[] sums = new float[count];
                    for (int input = 0; input < weight.inputs(); input++) {
                        sums[input % count] = Math.fma(x.at(t, input), weight.at(input, o), sums[input % count]);
                    }
                    float total = 0;
                    for (float sum : sums) {
                        total += sum;
                    }
                    y.data()[i] = bias == null ? total : total + bias[o];
                }
                return y;
            }
        };
    }
}
