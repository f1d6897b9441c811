package dev.touchstone.bench;

import dev.touchstone.tokenizer.Gpt2;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The prompts of the benchmarks, the same for all engines. */
final class Prompt {
    private static final String STORY = """
            The old lighthouse keeper climbed the stairs every evening to light the lamp, and every morning he climbed them \
            again to put it out. Ships passed far away, and he gave each of them a name. One night the lamp would not burn. \
            He looked at the dark water, took his lantern, and walked down to the rocks to wait for the first of them.""";

    /** At most the vocabulary of every model. */
    private static final int VOCABULARY = 49_152;

    private Prompt() {}

    /** The text of the first {@code tokens} tokens of a story, with GPT-2's tokenizer. */
    static String text(int tokens) {
        int[] ids = Gpt2.OURS.encode(STORY);
        return Gpt2.OURS.decode(Arrays.copyOf(ids, tokens));
    }

    /** Scattered ids for {@code count} positions from {@code from} on. */
    static int[] ids(int from, int count) {
        return IntStream.range(from, from + count)
                .map(i -> (int) (i * 7919L % VOCABULARY))
                .toArray();
    }
}
