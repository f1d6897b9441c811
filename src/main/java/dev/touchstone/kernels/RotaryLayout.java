package dev.touchstone.kernels;

/** Which channels of a head form the pairs that a rotary embedding rotates, among the {@code R} channels it applies to. */
public enum RotaryLayout {
    /** Channel {@code i} with {@code i + R / 2}: GPT-NeoX, Llama and most others. */
    HALF_SPLIT,
    /** Channel {@code 2 i} with {@code 2 i + 1}: Su et al. (2021) and GPT-J. */
    INTERLEAVED,
    /** As {@link #INTERLEAVED} in the input, as {@link #HALF_SPLIT} in the output: DeepSeek-V3. */
    INTERLEAVED_TO_HALVES;

    /** Where the output and the table of angles have the channels of a pair. */
    RotaryLayout output() {
        return this == INTERLEAVED_TO_HALVES ? HALF_SPLIT : this;
    }

    int first(int pair) {
        return this == HALF_SPLIT ? pair : 2 * pair;
    }

    int second(int pair, int pairs) {
        return this == HALF_SPLIT ? pair + pairs : 2 * pair + 1;
    }
}
