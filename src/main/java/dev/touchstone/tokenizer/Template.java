package dev.touchstone.tokenizer;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Adds fixed ids before and after a text. */
public record Template(List<Integer> before, List<Integer> after) implements PostProcessor {
    @Override
    public int[] process(int[] ids) {
        return Stream.of(ints(before), IntStream.of(ids), ints(after))
                .flatMapToInt(part -> part)
                .toArray();
    }

    private static IntStream ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue);
    }
}
