package dev.touchstone.fuzz;

import java.util.List;

/**
 * A reader of untrusted input.
 *
 * @param name the folder of its corpus
 * @param share its share of the time, relative to other targets
 * @param memory the bytes that reading an input may allocate, in addition to 1,000 per byte of the input
 * @param seeds valid inputs
 */
public record Target(String name, int share, long memory, List<byte[]> seeds, Mutation mutation, Reader reader) {
    /** The reader under test. */
    @FunctionalInterface
    public interface Reader {
        /** Reads an input; returns a short description of the outcome, equal for equal outcomes, or throws. */
        String read(byte[] input) throws Exception;
    }

    long memory(byte[] input) {
        return memory + 1000L * input.length;
    }
}
