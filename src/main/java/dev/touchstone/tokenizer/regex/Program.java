package dev.touchstone.tokenizer.regex;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.Map;

/**
 * A syntax tree as instructions of a nondeterministic automaton (Thompson 1968). The preferred branch of a SPLIT is
 * followed first, as a backtracking matcher would.
 */
final class Program {
    /** Consumes a code point of set {@code a}; goes on at the next instruction. */
    static final int CHARS = 0;
    /** Goes on at {@code a} or, less preferred, at {@code b}. */
    static final int SPLIT = 1;
    /** Goes on at {@code a}. */
    static final int JUMP = 2;
    /** Goes on at the next instruction if lookaround {@code a} is true ({@code b} 1) or false (0). */
    static final int CONDITION = 3;
    /** A match ends here. */
    static final int MATCH = 4;

    private static final int LARGEST = 20_000;

    private final Map<Node.Look, Integer> looks;
    private final Alphabet alphabet;
    private int[] ops = new int[64];
    private int[] a = new int[64];
    private int[] b = new int[64];
    private boolean[][] sets = new boolean[64][];
    private int size;

    /** @param looks the numbers of the lookarounds in it */
    Program(Node node, Alphabet alphabet, Map<Node.Look, Integer> looks) {
        this.alphabet = alphabet;
        this.looks = looks;
        compile(node);
        emit(MATCH, 0, 0);
    }

    int size() {
        return size;
    }

    int op(int at) {
        return ops[at];
    }

    int a(int at) {
        return a[at];
    }

    int b(int at) {
        return b[at];
    }

    /** The classes that a CHARS instruction accepts. */
    boolean[] set(int at) {
        return sets[at];
    }

    private int emit(int op, int first, int second) {
        if (size == LARGEST) {
            throw new TouchstoneException(
                    "it is too large: repetitions included, more than " + LARGEST + " characters");
        }
        if (size == ops.length) {
            ops = Arrays.copyOf(ops, 2 * size);
            a = Arrays.copyOf(a, 2 * size);
            b = Arrays.copyOf(b, 2 * size);
            sets = Arrays.copyOf(sets, 2 * size);
        }
        ops[size] = op;
        a[size] = first;
        b[size] = second;
        return size++;
    }

    private void compile(Node node) {
        if (node instanceof Node.Chars chars) {
            int at = emit(CHARS, 0, 0); // may replace the array
            sets[at] = alphabet.classes(chars.set());
        } else if (node instanceof Node.Sequence sequence) {
            sequence.items().forEach(this::compile);
        } else if (node instanceof Node.Choice choice) {
            compile(choice);
        } else if (node instanceof Node.Repeat repeat) {
            compile(repeat);
        } else if (node instanceof Node.Condition condition) {
            emit(CONDITION, looks.get(condition.look()), condition.negated() ? 0 : 1);
        }
    }

    private void compile(Node.Choice choice) {
        int last = choice.items().size() - 1;
        int[] ends = new int[last];
        for (int i = 0; i < last; i++) {
            int split = emit(SPLIT, 0, 0);
            a[split] = size;
            compile(choice.items().get(i));
            ends[i] = emit(JUMP, 0, 0);
            b[split] = size;
        }
        compile(choice.items().get(last));
        for (int end : ends) {
            a[end] = size;
        }
    }

    private void compile(Node.Repeat repeat) {
        for (int i = 0; i < repeat.min(); i++) {
            compile(repeat.body());
        }
        if (repeat.max() == Node.Repeat.UNBOUNDED) {
            int split = emit(SPLIT, 0, 0);
            compile(repeat.body());
            emit(JUMP, split, 0);
            branch(split, repeat.lazy());
            return;
        }
        int[] splits = new int[repeat.max() - repeat.min()];
        for (int i = 0; i < splits.length; i++) {
            splits[i] = emit(SPLIT, 0, 0);
            compile(repeat.body());
        }
        for (int split : splits) {
            branch(split, repeat.lazy());
        }
    }

    /** From a SPLIT into the body after it or to the current end. */
    private void branch(int split, boolean lazy) {
        a[split] = lazy ? size : split + 1;
        b[split] = lazy ? split + 1 : size;
    }
}
