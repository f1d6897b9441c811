package dev.touchstone.fuzz;

import java.util.random.RandomGenerator;

/** Generates a new input from others. */
@FunctionalInterface
public interface Mutation {
    /** A changed copy of {@code input}, possibly with parts of {@code other}. Both may be invalid. */
    byte[] apply(byte[] input, byte[] other, RandomGenerator random);

    /** One of several mutations, with equal probability. */
    static Mutation oneOf(Mutation... choices) {
        return (input, other, random) -> choices[random.nextInt(choices.length)].apply(input, other, random);
    }
}
