package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * From the scores of a token's chosen experts to their weights, computed in double and rounded once.
 *
 * @param normalization applied to the K scores of a token
 * @param factor on the result, {@code routed_scaling_factor} in DeepSeek; else 1
 */
public record Weighting(Normalization normalization, double factor) {
    /** How the scores of a token's experts are normalized. */
    public enum Normalization {
        /** Weights are the scores. */
        NONE,
        /** Scores are divided by their sum. */
        SUM,
        /** The softmax over the chosen experts. */
        SOFTMAX
    }

    /** (T, K) -> (T, K) */
    Tensor of(Tensor scores) {
        int K = scores.size(-1);
        Tensor weights = Tensor.zeros(scores.shape());
        for (int token = 0; token < scores.rows(); token++) {
            double sum = 0;
            for (int k = 0; k < K; k++) {
                sum += value(scores, token, k);
            }
            for (int k = 0; k < K; k++) {
                double share = value(scores, token, k) / (normalization == Normalization.NONE ? 1 : sum);
                weights.data()[token * K + k] = (float) (factor * share);
            }
        }
        return weights;
    }

    /** What is divided by the sum. */
    private double value(Tensor scores, int token, int k) {
        float score = scores.at(token, k);
        return normalization == Normalization.SOFTMAX ? StrictMath.exp(score - scores.at(token, 0)) : score;
    }
}
