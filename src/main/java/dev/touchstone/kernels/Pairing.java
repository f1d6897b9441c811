package dev.touchstone.kernels;

/** Which two channels of a head a rotary embedding turns together, of the {@code R} that turn. */
public enum Pairing {
    /** Channel {@code i} with {@code i + R / 2}: GPT-NeoX, Llama, and most others. */
    HALVES,
    /** Channel {@code 2 i} with {@code 2 i + 1}: the paper, and GPT-J. */
    NEIGHBOURS;

    int first(int pair) {
        return this == HALVES ? pair : 2 * pair;
    }

    int second(int pair, int pairs) {
        return this == HALVES ? pair + pairs : 2 * pair + 1;
    }
}
