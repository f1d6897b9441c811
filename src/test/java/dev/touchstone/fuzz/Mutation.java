package dev.touchstone.fuzz;

import java.util.random.RandomGenerator;

/** Makes a new input. */
@FunctionalInterface
public interface Mutation {
    /** A changed copy of {@code input}, perhaps with something of {@code other} in it; neither need be right itself. */
    byte[] apply(byte[] input, byte[] other, RandomGenerator random);

    /** One of several mutations, each as likely. */
    static Mutation oneOf(Mutation... choices) {
        return (input, other, random) -> choices[random.nextInt(choices.length)].apply(input, other, random);
    }
}
