package dev.touchstone.generation;

import dev.touchstone.generation.processors.Probabilities;
import java.util.random.RandomGenerator;

/** Chooses the next token. */
public enum Sampler {
    /** The most likely token; of equal ones the first, as in {@code torch.argmax}. */
    GREEDY {
        @Override
        public double[] probabilities(float[] scores) {
            double[] probabilities = new double[scores.length];
            probabilities[Probabilities.argmax(scores)] = 1;
            return probabilities;
        }

        @Override
        public int pick(float[] scores, RandomGenerator random) {
            return Probabilities.argmax(scores);
        }
    },
    /** A random token, with the softmax probabilities of the scores. */
    MULTINOMIAL {
        @Override
        public double[] probabilities(float[] scores) {
            return Probabilities.softmax(scores);
        }

        @Override
        public int pick(float[] scores, RandomGenerator random) {
            return Probabilities.sample(probabilities(scores), random.nextDouble());
        }
    };

    /** The probability that each token is chosen. (V) -> (V) */
    public abstract double[] probabilities(float[] scores);

    /** (V) -> id. Takes at most one random number. */
    public abstract int pick(float[] scores, RandomGenerator random);
}
