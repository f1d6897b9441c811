package dev.touchstone.fuzz;

import java.util.List;

/**
 * Something that reads what strangers write.
 *
 * @param name the folder of its corpus
 * @param share its part of the time, relative to the others
 * @param memory bytes that reading one input may allocate, besides a thousand for each byte of the input
 * @param seeds inputs that are right
 */
public record Target(String name, int share, long memory, List<byte[]> seeds, Mutation mutation, Reader reader) {
    /** What is under test. */
    @FunctionalInterface
    public interface Reader {
        /** Reads it and says in a few words what came of it, the same words where the same came of it; or refuses it. */
        String read(byte[] input) throws Exception;
    }

    long memory(byte[] input) {
        return memory + 1000L * input.length;
    }
}
