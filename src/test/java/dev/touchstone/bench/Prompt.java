package dev.touchstone.bench;

import java.util.stream.IntStream;

/** The text of the benchmarks: scattered ids, the same in every engine. */
final class Prompt {
    private Prompt() {}

    /** The ids at {@code count} positions from {@code from} on. */
    static int[] ids(int from, int count) {
        return IntStream.range(from, from + count)
                .map(i -> (int) (i * 7919L % RandomGpt2.VOCABULARY))
                .toArray();
    }
}
