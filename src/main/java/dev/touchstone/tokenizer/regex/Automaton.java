package dev.touchstone.tokenizer.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a {@link Program} in one pass over the input, as a deterministic automaton that is built while it runs and kept.
 * A state is the list of instructions that are reached, in order of preference. The input is symbols: the class of a code
 * point and, in the higher digits, which lookarounds are true at its position. Not safe for use by several threads at once.
 */
final class Automaton {
    private static final int UNKNOWN = 0;
    private static final int MOST_STATES = 2_000;

    private final Program program;
    private final int width;
    private final int symbols;
    private final boolean preferences;

    private final Map<Key, Integer> numbers = new HashMap<>();
    private final List<int[]> states = new ArrayList<>();
    private final List<int[]> transitions = new ArrayList<>();
    private final int[] seen; // the last visit that reached an instruction
    private final int[] stack;
    private final int[] reached;
    private int visit;
    private int start = -1;

    /**
     * @param width the number of classes, with that of the end of the text
     * @param looks the number of lookarounds
     * @param preferences whether a match excludes less preferred ones, which a search for any match does not
     */
    Automaton(Program program, int width, int looks, boolean preferences) {
        this.program = program;
        this.width = width;
        this.symbols = width << looks;
        this.preferences = preferences;
        this.seen = new int[program.size()];
        this.stack = new int[2 * program.size() + 2];
        this.reached = new int[program.size()];
    }

    /** The state before any input. */
    int start() {
        if (start < 0) {
            start = number(new int[] {0});
        }
        return start;
    }

    /**
     * The state after a symbol. Whether a match ends before the symbol is {@link #matches} of the result, the state itself
     * {@link #state}.
     */
    int step(int state, int symbol) {
        int next = transitions.get(state)[symbol];
        return next == UNKNOWN ? compute(state, symbol) : next;
    }

    static boolean matches(int step) {
        return (step & 1) != 0;
    }

    /** The number of a state, or -1 if no further match is possible. */
    static int state(int step) {
        return (step >> 1) - 2;
    }

    private static int encode(int state, boolean match) {
        return state + 2 << 1 | (match ? 1 : 0);
    }

    private int compute(int state, int symbol) {
        int[] before = states.get(state);
        boolean match = false;
        int n = 0;
        visit++;
        for (int from : before) {
            n = follow(from, symbol / width, n);
            if (n < 0) {
                match = true;
                n = -n - 1;
                if (preferences) {
                    break;
                }
            }
        }
        int[] after = new int[n];
        int m = 0;
        for (int i = 0; i < n; i++) {
            if (accepts(program.set(reached[i]), symbol % width)) {
                after[m++] = reached[i] + 1;
            }
        }
        if (states.size() >= MOST_STATES) { // rare; forget all states but these
            numbers.clear();
            states.clear();
            transitions.clear();
            start = -1;
            return encode(m == 0 ? -1 : number(Arrays.copyOf(after, m)), match);
        }
        int step = encode(m == 0 ? -1 : number(Arrays.copyOf(after, m)), match);
        transitions.get(state)[symbol] = step;
        return step;
    }

    private static boolean accepts(boolean[] set, int c) {
        return c < set.length && set[c];
    }

    /**
     * Adds the CHARS instructions that are reached without input to the first n of {@code reached}. Returns their number,
     * or -number - 1 if a match is reached too; with preferences nothing is added after it.
     */
    private int follow(int from, int looks, int n) {
        boolean match = false;
        int depth = 0;
        stack[depth++] = from;
        while (depth > 0) {
            int at = stack[--depth];
            if (seen[at] == visit) {
                continue;
            }
            seen[at] = visit;
            switch (program.op(at)) {
                case Program.CHARS -> reached[n++] = at;
                case Program.JUMP -> stack[depth++] = program.a(at);
                case Program.SPLIT -> {
                    stack[depth++] = program.b(at);
                    stack[depth++] = program.a(at);
                }
                case Program.CONDITION -> {
                    if ((looks >> program.a(at) & 1) == program.b(at)) {
                        stack[depth++] = at + 1;
                    }
                }
                default -> {
                    match = true;
                    if (preferences) {
                        return -n - 1;
                    }
                }
            }
        }
        return match ? -n - 1 : n;
    }

    private int number(int[] state) {
        return numbers.computeIfAbsent(new Key(state), key -> {
            states.add(state);
            transitions.add(new int[symbols]);
            return states.size() - 1;
        });
    }

    /** A list of instructions, compared by content. */
    private record Key(int[] state) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(state, key.state);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(state);
        }
    }
}
