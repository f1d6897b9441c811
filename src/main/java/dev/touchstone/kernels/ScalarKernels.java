package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * The definition of every operation: plain loops on one thread.
 *
 * <p>A matrix product is accumulated in blocks of {@value #BLOCK} terms: within a block, a chain of fused multiply-adds in the
 * order of the inputs; then the sums of the blocks, in order; the bias last. Short chains have a smaller rounding error than one
 * long chain, and the order depends on neither lanes nor threads.
 */
public final class ScalarKernels implements Kernels {
    /** Terms of a product that are summed before they are added to the total. */
    static final int BLOCK = 32;
    /** Partial sums of a reduction along a row: element {@code i} is added to sum {@code i % 16}. */
    static final int PARTIAL_SUMS = 16;

    @Override
    public Tensor embed(int[] ids, Matrix table) {
        Tensor y = Tensor.zeros(ids.length, table.inputs());
        embed(ids, table, y, 0, ids.length);
        return y;
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive) of {@link #embed(int[], Matrix)}. */
    static void embed(int[] ids, Matrix table, Tensor y, int from, int to) {
        int channels = table.inputs();
        for (int t = from; t < to; t++) {
            for (int c = 0; c < channels; c++) {
                y.data()[t * channels + c] = table.at(c, ids[t]);
            }
        }
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
        for (int o = 0; o < weight.outputs(); o++) {
            float[] column = weight.column(o);
            for (int t = 0; t < x.rows(); t++) {
                float total = 0;
                for (int block = 0; block < weight.inputs(); block += BLOCK) {
                    float sum = 0;
                    for (int i = block; i < Math.min(block + BLOCK, weight.inputs()); i++) {
                        sum = Math.fma(x.at(t, i), column[i], sum);
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
                int weight = gain == null ? c : (row + c) % gain.length;
                y.data()[row + c] = (float) ((x.data()[row + c] - mean) * scale * (gain == null ? 1 : gain[weight])
                        + (bias == null ? 0 : bias[weight]));
            }
        }
        return y;
    }

    @Override
    public Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon) {
        int channels = gain.length;
        Tensor y = Tensor.zeros(x.shape());
        for (int row = 0; row < y.size(); row += channels) {
            double[] squares = new double[PARTIAL_SUMS];
            for (int c = 0; c < channels; c++) {
                double value = x.data()[row + c];
                squares[c % PARTIAL_SUMS] += value * value;
            }
            double scale = 1 / Math.sqrt(pairwise(squares) / channels + epsilon);
            for (int c = 0; c < channels; c++) {
                y.data()[row + c] = (float) (x.data()[row + c] * scale * ((double) gainOffset + gain[c]));
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
    public Tensor multiply(Tensor a, Tensor b) {
        Tensor y = Tensor.zeros(a.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = a.data()[i] * b.data()[i];
        }
        return y;
    }

    @Override
    public Tensor scale(Tensor x, float factor) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = x.data()[i] * factor;
        }
        return y;
    }

    @Override
    public Tensor clamp(Tensor x, float low, float high) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = Math.min(Math.max(x.data()[i], low), high);
        }
        return y;
    }

    @Override
    public Tensor softCap(Tensor x, float cap) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = FloatMath.softCap(x.data()[i], cap);
        }
        return y;
    }

    @Override
    public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout) {
        Tensor y = Tensor.zeros(x.shape());
        for (int t = 0; t < x.rows(); t++) {
            for (int head = 0; head < x.size(-1); head += headSize) {
                rotate(x.data(), t * x.size(-1) + head, headSize, angles, t, layout, y.data());
            }
        }
        return y;
    }

    /** One head of token {@code t}, which begins at index {@code at}. */
    static void rotate(float[] x, int at, int headSize, Tensor angles, int t, RotaryLayout layout, float[] y) {
        int rotated = angles.size(-1) / 2;
        for (int pair = 0; pair < rotated / 2; pair++) {
            int first = layout.first(pair);
            int second = layout.second(pair, rotated / 2);
            int to = layout.output().first(pair);
            float cos = angles.at(t, to);
            float sin = angles.at(t, rotated + to);
            y[at + to] = Math.fma(x[at + first], cos, -(x[at + second] * sin));
            y[at + layout.output().second(pair, rotated / 2)] = Math.fma(x[at + second], cos, x[at + first] * sin);
        }
        System.arraycopy(x, at + rotated, y, at + rotated, headSize - rotated);
    }

    @Override
    public Tensor columns(Tensor x, int from, int width, int step) {
        Tensor y = Tensor.zeros(x.rows(), x.size(-1) / step * width);
        columns(x, from, width, step, y, 0, x.rows());
        return y;
    }

    /** Rows {@code first} (inclusive) to {@code end} (exclusive) of {@link #columns(Tensor, int, int, int)}. */
    static void columns(Tensor x, int from, int width, int step, Tensor y, int first, int end) {
        int parts = x.size(-1) / step;
        for (int i = first * parts; i < end * parts; i++) {
            System.arraycopy(x.data(), i * step + from, y.data(), i * width, width);
        }
    }

    @Override
    public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
        int queries = q.rows();
        int positions = cache.length();
        Tensor y = Tensor.zeros(q.size(-1) / cache.shape().keySize(), queries, positions);
        int sharing = y.size(0) / cache.shape().heads();
        Arrays.fill(y.data(), Float.NEGATIVE_INFINITY);
        for (int h = 0; h < y.size(0); h++) {
            for (int t = 0; t < queries; t++) {
                int end = visible(t, queries, positions);
                for (int s = scoring.firstVisible(end - 1); s < end; s++) {
                    float product = dot(q, t, h, cache, h / sharing, s);
                    y.data()[(h * queries + t) * positions + s] = score(product, h, s, scoring);
                }
            }
        }
        return y;
    }

    /** The score of the key at {@code position}, from its product with a query. */
    static float score(float product, int head, int position, Scoring scoring) {
        float score = scoring.slopes().isEmpty()
                ? scoring.scale() * product
                : Math.fma(
                        scoring.scale(), product, scoring.bias(scoring.slopes().get(head), position));
        return scoring.cap() > 0 ? FloatMath.softCap(score, scoring.cap()) : score;
    }

    private static float dot(Tensor q, int t, int head, KeyValuePages cache, int shared, int position) {
        int size = cache.shape().keySize();
        float total = 0;
        for (int block = 0; block < size; block += BLOCK) {
            float sum = 0;
            for (int d = block; d < Math.min(block + BLOCK, size); d++) {
                sum = Math.fma(q.at(t, head * size + d), cache.key(shared, d, position), sum);
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
    public Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring) {
        int heads = probs.size(0);
        int sharing = heads / cache.shape().heads();
        int queries = probs.size(1);
        int positions = probs.size(2);
        int size = cache.shape().valueSize();
        Tensor y = Tensor.zeros(queries, heads * size);
        for (int t = 0; t < queries; t++) {
            int end = visible(t, queries, positions);
            int first = scoring.firstVisible(end - 1);
            for (int h = 0; h < heads; h++) {
                for (int d = 0; d < size; d++) {
                    float total = 0;
                    for (int block = first / BLOCK * BLOCK; block < end; block += BLOCK) {
                        float sum = 0;
                        for (int s = Math.max(block, first); s < Math.min(block + BLOCK, end); s++) {
                            sum = Math.fma(probs.at(h * queries + t, s), cache.value(h / sharing, s, d), sum);
                        }
                        total += sum;
                    }
                    y.data()[(t * heads + h) * size + d] = total;
                }
            }
        }
        return y;
    }

    /** The end (exclusive) of the positions that query {@code t} attends to: after its own. */
    static int visible(int t, int queries, int positions) {
        return positions - queries + t + 1;
    }

    /** The sum by pairwise summation: log2(16) roundings instead of 15. */
    static double pairwise(double[] sums) {
        for (int step = 1; step < sums.length; step *= 2) {
            for (int i = 0; i < sums.length; i += 2 * step) {
                sums[i] += sums[i + step];
            }
        }
        return sums[0];
    }
}
