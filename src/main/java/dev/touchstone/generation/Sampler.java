package dev.touchstone.generation;

import java.util.random.RandomGenerator;

/** Picks the next token. */
@FunctionalInterface
public interface Sampler {
    /** The likeliest token, the first of equals, as {@code torch.argmax} has it. */
    Sampler GREEDY = (scores, random) -> Probabilities.argmax(scores);

    /** A token drawn by its probability; one random number a token, whatever else happens. */
    Sampler MULTINOMIAL = (scores, random) -> Probabilities.draw(Probabilities.softmax(scores), random.nextDouble());

    /** (V) -> id */
    int pick(float[] scores, RandomGenerator random);
}
