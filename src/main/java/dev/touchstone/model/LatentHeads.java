package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * The heads of latent attention, and the order of their channels.
 *
 * @param count heads, H
 * @param plain channels of a key without position, N
 * @param rotated channels of a key with rotary embedding, R
 * @param value channels of a value, E
 */
public record LatentHeads(int count, int plain, int rotated, int value) {
    /** Channels of a key, N + R. */
    public int key() {
        return plain + rotated;
    }

    /** (T, H (N + E)), (T, R) -> (T, H (N + R)) */
    Tensor keys(Tensor expanded, Tensor shared, ForwardPass pass) {
        return joined(pass.kernels().columns(expanded, 0, plain, plain + value), shared);
    }

    /** (T, H (N + E)) -> (T, H E) */
    Tensor values(Tensor expanded, ForwardPass pass) {
        return pass.kernels().columns(expanded, plain, value, plain + value);
    }

    /**
     * The channels of each head without position, then its rotated ones, or those that all heads share. (T, H N), (T, H R or R) -> (T, H (N + R))
     */
    Tensor joined(Tensor without, Tensor with) {
        Tensor heads = Tensor.zeros(without.rows(), count * key());
        for (int i = 0; i < without.rows() * count; i++) {
            int row = with.size(-1) == rotated ? i / count : i;
            System.arraycopy(without.data(), i * plain, heads.data(), i * key(), plain);
            System.arraycopy(with.data(), row * rotated, heads.data(), i * key() + plain, rotated);
        }
        return heads;
    }
}
