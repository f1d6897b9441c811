package dev.touchstone.generation;

import dev.touchstone.generation.processors.Probabilities;
import java.util.random.RandomGenerator;

/** Picks the next token. */
public enum Sampler {
    /** The likeliest token, the first of equals, as {@code torch.argmax} has it. */
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
    /** A token sampled with its probability. */
    MULTINOMIAL {
        @Override
        public double[] probabilities(float[] scores) {
            return Probabilities.softmax(scores);
        }

        @Override
        public int pick(float[] scores, RandomGenerator random) {
            return Probabilities.draw(probabilities(scores), random.nextDouble());
        }
    };

    /** How likely each token is to be picked. (V) -> (V) */
    public abstract double[] probabilities(float[] scores);

    /** (V) -> id; one random number a token at most, whatever else happens. */
    public abstract int pick(float[] scores, RandomGenerator random);
}
