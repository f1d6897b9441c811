package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * Changes queries and keys after the rotary embedding: Llama 4 and Ministral 3.
 *
 * @param epsilon of a norm without gains of each head of queries and keys, {@code x / sqrt(mean(x²) + epsilon)}; {@link #NO_NORM} for none
 * @param headSize channels of a head, D
 * @param growth of the queries with their positions; null for none
 */
public record ProjectionsAfterRotary(Projections projections, double epsilon, int headSize, Growth growth)
        implements Projections {
    /** No norm. */
    public static final double NO_NORM = -1;

    /**
     * Makes attention sharper in long texts: a query at position {@code p}, from 0, is multiplied by
     * {@code 1 + strength log(1 + floor((p + offset) / period))}.
     */
    public record Growth(double strength, int period, int offset) {
        /** The factor at a position. */
        public float factor(int position) {
            return (float) (1 + strength * StrictMath.log1p((position + offset) / period));
        }

        /** (T, H D), (T) -> (T, H D) */
        Tensor of(Tensor q, int[] positions) {
            Tensor grown = Tensor.zeros(q.shape());
            for (int i = 0; i < q.size(); i++) {
                grown.data()[i] = q.data()[i] * factor(positions[i / q.size(-1)]);
            }
            return grown;
        }
    }

    @Override
    public QueryKeyValue forward(Tensor x, ForwardPass pass) {
        return projections.forward(x, pass);
    }

    @Override
    public QueryKeyValue rotated(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = projections.rotated(x, pass);
        Tensor q = normed(qkv.q(), pass);
        return new QueryKeyValue(
                growth == null ? q : growth.of(q, pass.batch().positions()), normed(qkv.k(), pass), qkv.v());
    }

    private Tensor normed(Tensor x, ForwardPass pass) {
        if (epsilon == NO_NORM) {
            return x;
        }
        float[] ones = new float[headSize];
        Arrays.fill(ones, 1);
        return pass.kernels().rmsNorm(x, ones, 0, epsilon);
    }
}
