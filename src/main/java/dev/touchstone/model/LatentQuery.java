package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * The projection to the queries of latent attention, of N + R channels for each of H heads.
 *
 * @param compress from the input to the latent of the queries; null if they are computed from the input
 * @param norm of this latent; null if there is none
 * @param expand from the latent or the input to the queries
 */
public record LatentQuery(Linear compress, Norm norm, Linear expand) {
    /** (T, C) -> (T, H (N + R)) */
    Tensor forward(Tensor x, ForwardPass pass) {
        Tensor latent = compress == null ? x : norm.forward(compress.forward(x, pass), pass);
        return expand.forward(latent, pass);
    }
}
