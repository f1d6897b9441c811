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
        /** Scores are divided by their sum, to which 1e-20 is added, so that scores of 0 stay 0. */
        SUM,
        /** The softmax over the chosen experts. */
        SOFTMAX,
        /** The sigmoid of each score. */
        SIGMOID
    }

    /** (T, K) -> (T, K) */
    Tensor of(Tensor scores) {
        int K = scores.size(-1);
        Tensor weights = Tensor.zeros(scores.shape());
        for (int token = 0; token < scores.rows(); token++) {
            float largest = largest(scores.row(token));
            double sum = 0;
            for (int k = 0; k < K; k++) {
                sum += value(scores.at(token, k), largest);
            }
            for (int k = 0; k < K; k++) {
                double share = value(scores.at(token, k), largest) / divisor(sum);
                weights.data()[token * K + k] = (float) (factor * share);
            }
        }
        return weights;
    }

    private static float largest(float... scores) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        return largest;
    }

    /** What is divided by the sum. */
    private double value(float score, float largest) {
        return switch (normalization) {
            case SOFTMAX -> StrictMath.exp((double) score - largest);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-score));
            case NONE, SUM -> score;
        };
    }

    private double divisor(double sum) {
        return switch (normalization) {
            case NONE, SIGMOID -> 1;
            case SUM -> sum + 1e-20;
            case SOFTMAX -> sum;
        };
    }
}
