package dev.touchstone.zoo;

import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** F11: a wrong addition to the residual stream, or a norm in the wrong place. */
final class ResidualBugs {
    static final List<ForwardBug> ALL = List.of(
            add(
                    "attention is added to its normed input",
                    "h.0.ln_2",
                    (kernels, n, a, b) -> odd(n) ? kernels.sum(kernels.norm, b) : kernels.sum(a, b)),
            add(
                    "the MLP is added to its normed input",
                    "h.0",
                    (kernels, n, a, b) -> even(n) ? kernels.sum(kernels.norm, b) : kernels.sum(a, b)),
            add(
                    "the residual around attention is missing",
                    "h.0.ln_2",
                    (kernels, n, a, b) -> odd(n) ? b : kernels.sum(a, b)),
            add("the residual around the MLP is missing", "h.0", (kernels, n, a, b) -> even(n) ? b : kernels.sum(a, b)),
            add("attention is not added", "h.0.ln_2", (kernels, n, a, b) -> odd(n) ? a : kernels.sum(a, b)),
            add("the MLP is not added", "h.0", (kernels, n, a, b) -> even(n) ? a : kernels.sum(a, b)),
            add(
                    "attention is added twice",
                    "h.0.ln_2",
                    (kernels, n, a, b) -> odd(n) ? kernels.sum(kernels.sum(a, b), b) : kernels.sum(a, b)),
            add(
                    "the MLP is added to the block's input",
                    "h.0",
                    (kernels, n, a, b) -> kernels.sum(even(n) ? kernels.before : a, b)),
            add(
                    "attention and MLP in parallel, as in GPT-J",
                    "h.0.ln_2",
                    (kernels, n, a, b) -> kernels.parallel(n, a, b)),
            add("the position embedding is not added", "drop", (kernels, n, a, b) -> n == 0 ? a : kernels.sum(a, b)),
            add(
                    "the position embedding is added twice",
                    "drop",
                    (kernels, n, a, b) -> n == 0 ? kernels.sum(kernels.sum(a, b), b) : kernels.sum(a, b)),
            add(
                    "the token embedding scaled by sqrt(C), as in the original Transformer",
                    "drop",
                    (kernels, n, a, b) -> n == 0 ? kernels.sum(times(a, Math.sqrt(a.size(-1))), b) : kernels.sum(a, b)),
            ForwardBug.of(
                    "F11",
                    "post-norm instead of pre-norm",
                    "",
                    "h.0.ln_1",
                    Plant.kernels(
                            new Adding((kernels, n, a, b) ->
                                    n == 0 ? kernels.sum(a, b) : kernels.lastNorm(kernels.sum(a, b))) {
                                @Override
                                public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
                                    super.layerNorm(x, gain, bias, epsilon);
                                    return x;
                                }
                            })),
            ForwardBug.of(
                    "F11",
                    "ln_1 and ln_2 swapped",
                    "",
                    "h.0.ln_1",
                    Plant.model(model -> Surgery.blocks(model, blocks -> {
                        blocks.replaceAll(old -> new Block.Sequential(
                                old.name(),
                                renamed((LayerNorm) old.ln2(), old.ln1().name()),
                                old.attn(),
                                renamed((LayerNorm) old.ln1(), old.ln2().name()),
                                old.mlp()));
                        return blocks;
                    }))),
            skipped("ln_f"),
            skipped("h.0.ln_1"),
            skipped("h.1.ln_2"),
            ForwardBug.of(
                    "F11",
                    "the last block skipped",
                    "",
                    "h.1.ln_1",
                    Plant.model(model -> Surgery.blocks(model, blocks -> blocks.subList(0, 1)))),
            ForwardBug.of(
                    "F11",
                    "the blocks in reverse order",
                    "",
                    "h.1.ln_1",
                    Plant.model(model -> Surgery.blocks(model, blocks -> {
                        Collections.reverse(blocks);
                        return blocks;
                    }))));

    private ResidualBugs() {}

    private static boolean odd(int n) {
        return n % 2 == 1;
    }

    private static boolean even(int n) {
        return n > 0 && n % 2 == 0;
    }

    private static Tensor times(Tensor x, double factor) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = (float) (x.data()[i] * factor);
        }
        return y;
    }

    private static LayerNorm renamed(LayerNorm norm, String name) {
        return new LayerNorm(name, norm.gain(), norm.bias(), norm.epsilon());
    }

    /** The n-th addition of a pass: 0 is in the embedding, then one for attention and one for the MLP of each block. */
    @FunctionalInterface
    private interface Addition {
        Tensor of(Adding kernels, int n, Tensor a, Tensor b);
    }

    private static ForwardBug add(String what, String tap, Addition addition) {
        return ForwardBug.of("F11", what, "", tap, Plant.kernels(new Adding(addition)));
    }

    private static ForwardBug skipped(String name) {
        return ForwardBug.of("F11", name + " missing", "", name, model -> {
            List<float[]> gains = new ArrayList<>();
            Surgery.norm(model, name, norm -> {
                gains.add(norm.gain());
                return norm;
            });
            return Plant.kernels(new BuggedKernels() {
                        @Override
                        public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
                            return gain == gains.get(0) ? x : super.layerNorm(x, gain, bias, epsilon);
                        }
                    })
                    .into(model);
        });
    }

    /** Counts additions, and stores the output of the last norm and the input of the block. */
    private static class Adding extends BuggedKernels {
        private final Addition addition;
        private int count;
        private float[] gain;
        private float[] bias;
        private double epsilon;
        Tensor norm;
        Tensor before;
        private Tensor attention;

        Adding(Addition addition) {
            this.addition = addition;
        }

        @Override
        public Tensor embed(int[] ids, Matrix table) {
            count = 0;
            return super.embed(ids, table);
        }

        @Override
        public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
            this.gain = gain;
            this.bias = bias;
            this.epsilon = epsilon;
            norm = super.layerNorm(x, gain, bias, epsilon);
            return norm;
        }

        @Override
        public Tensor add(Tensor a, Tensor b) {
            Tensor sum = addition.of(this, count, a, b);
            before = even(count) ? before : a;
            count++;
            return sum;
        }

        Tensor sum(Tensor a, Tensor b) {
            return super.add(a, b);
        }

        /** Adds the outputs of attention and MLP to the stream at the same time. */
        Tensor parallel(int n, Tensor a, Tensor b) {
            if (odd(n)) {
                attention = b;
                return a;
            }
            return even(n) ? sum(sum(a, attention), b) : sum(a, b);
        }

        /** Applies the last norm to another input. */
        Tensor lastNorm(Tensor x) {
            return super.layerNorm(x, gain, bias, epsilon);
        }
    }
}
