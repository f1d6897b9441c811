package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * The definition of every operation: the loops one would write on a whiteboard, on one thread.
 *
 * <p>Products are sums of {@value #BLOCK} terms at a time: within a block one chain of fused multiply-adds in the order
 * of the inputs, then the blocks one after the other, the bias last. Short chains keep the rounding error below that of
 * one long chain, and the order depends neither on lanes nor on threads.
 */
public final class ScalarKernels implements Kernels {
    /** Terms of a product that are summed before they join the total. */
    static final int BLOCK = 32;
    /** Partial sums of a reduction along a row: element {@code i} joins sum {@code i % 16}. */
    static final int PARTIAL_SUMS = 16;

    @Override
    public Tensor embed(int[] ids, Matrix table) {
        int channels = table.inputs();
        Tensor y = Tensor.zeros(ids.length, channels);
        for (int t = 0; t < ids.length; t++) {
            for (int c = 0; c < channels; c++) {
                y.data()[t * channels + c] = table.at(c, ids[t]);
            }
        }
        return y;
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        Tensor y = Tensor.zeros(a.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = a.data()[i] + b.data()[i];
        }
        return y;
    }

    @Override
    public Tensor linear(Tensor x, Matrix weight, float[] bias) {
        Tensor y = Tensor.zeros(x.rows(), weight.outputs());
        for (int t = 0; t < x.rows(); t++) {
            for (int o = 0; o < weight.outputs(); o++) {
                float total = 0;
                for (int block = 0; block < weight.inputs(); block += BLOCK) {
                    float sum = 0;
                    for (int i = block; i < Math.min(block + BLOCK, weight.inputs()); i++) {
                        sum = Math.fma(x.at(t, i), weight.at(i, o), sum);
                    }
                    total += sum;
                }
                y.data()[t * weight.outputs() + o] = bias == null ? total : total + bias[o];
            }
        }
        return y;
    }

    @Override
    public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
        int channels = x.size(-1);
        Tensor y = Tensor.zeros(x.shape());
        for (int row = 0; row < y.size(); row += channels) {
            double[] sums = new double[PARTIAL_SUMS];
            for (int c = 0; c < channels; c++) {
                sums[c % PARTIAL_SUMS] += x.data()[row + c];
            }
            double mean = pairwise(sums) / channels;

            double[] squares = new double[PARTIAL_SUMS]; // two passes: E[x²] - E[x]² cancels badly
            for (int c = 0; c < channels; c++) {
                double deviation = x.data()[row + c] - mean;
                squares[c % PARTIAL_SUMS] += deviation * deviation;
            }
            double scale = 1 / Math.sqrt(pairwise(squares) / channels + epsilon);

            for (int c = 0; c < channels; c++) {
                y.data()[row + c] = (float) ((x.data()[row + c] - mean) * scale * gain[c] + bias[c]);
            }
        }
        return y;
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = activation.of(x.data()[i]);
        }
        return y;
    }

    @Override
    public Tensor scores(Tensor q, KeyValuePages cache, float scale) {
        int queries = q.rows();
        int positions = cache.length();
        Tensor y = Tensor.zeros(heads(q, cache), queries, positions);
        for (int h = 0; h < y.size(0); h++) {
            for (int t = 0; t < queries; t++) {
                for (int s = 0; s < positions; s++) {
                    y.data()[(h * queries + t) * positions + s] = s < visible(t, queries, positions)
                            ? scale * dot(q, t, h, cache, s)
                            : Float.NEGATIVE_INFINITY;
                }
            }
        }
        return y;
    }

    private static float dot(Tensor q, int t, int head, KeyValuePages cache, int position) {
        int size = cache.headSize();
        float total = 0;
        for (int block = 0; block < size; block += BLOCK) {
            float sum = 0;
            for (int d = block; d < Math.min(block + BLOCK, size); d++) {
                sum = Math.fma(q.at(t, head * size + d), cache.key(head, d, position), sum);
            }
            total += sum;
        }
        return total;
    }

    @Override
    public Tensor softmax(Tensor scores) {
        int positions = scores.size(-1);
        Tensor y = Tensor.zeros(scores.shape());
        for (int row = 0; row < y.size(); row += positions) {
            float max = Float.NEGATIVE_INFINITY;
            for (int s = 0; s < positions; s++) {
                max = Math.max(max, scores.data()[row + s]);
            }
            double[] sums = new double[PARTIAL_SUMS];
            for (int s = 0; s < positions; s++) {
                float power = FloatMath.exp(scores.data()[row + s] - max);
                y.data()[row + s] = power;
                sums[s % PARTIAL_SUMS] += power;
            }
            float sum = (float) pairwise(sums);
            for (int s = 0; s < positions; s++) {
                y.data()[row + s] /= sum;
            }
        }
        return y;
    }

    @Override
    public Tensor mix(Tensor probs, KeyValuePages cache) {
        int heads = probs.size(0);
        int queries = probs.size(1);
        int positions = probs.size(2);
        int size = cache.headSize();
        Tensor y = Tensor.zeros(queries, heads * size);
        for (int t = 0; t < queries; t++) {
            int visible = visible(t, queries, positions);
            for (int h = 0; h < heads; h++) {
                for (int d = 0; d < size; d++) {
                    float total = 0;
                    for (int block = 0; block < visible; block += BLOCK) {
                        float sum = 0;
                        for (int s = block; s < Math.min(block + BLOCK, visible); s++) {
                            sum = Math.fma(probs.at(h * queries + t, s), cache.value(h, s, d), sum);
                        }
                        total += sum;
                    }
                    y.data()[(t * heads + h) * size + d] = total;
                }
            }
        }
        return y;
    }

    /** How many positions query {@code t} sees: all before it and its own. */
    static int visible(int t, int queries, int positions) {
        return positions - queries + t + 1;
    }

    private static int heads(Tensor q, KeyValuePages cache) {
        return q.size(-1) / cache.headSize();
    }

    /** Adds neighbours, then neighbours of those, until one is left: log2(16) roundings instead of 15. */
    static double pairwise(double[] sums) {
        for (int step = 1; step < sums.length; step *= 2) {
            for (int i = 0; i < sums.length; i += 2 * step) {
                sums[i] += sums[i + step];
            }
        }
        return sums[0];
    }
}
