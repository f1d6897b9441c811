package dev.touchstone.tokenizer.regex;

import java.util.List;

/** The automata of a regular expression, for one thread: one for the matches, and one for each lookaround. */
final class Matcher {
    private final Alphabet alphabet;
    private final List<Node.Look> looks;
    private final Automaton matches;
    private final Automaton[] lookarounds;

    /** @param programs those of the lookarounds in their order, then that of the whole */
    Matcher(Alphabet alphabet, List<Node.Look> looks, List<Program> programs) {
        int width = alphabet.size() + 1;
        this.alphabet = alphabet;
        this.looks = looks;
        this.matches = new Automaton(programs.get(looks.size()), width, looks.size(), true);
        this.lookarounds = programs.stream()
                .limit(looks.size())
                .map(program -> new Automaton(program, width, looks.size(), false))
                .toArray(Automaton[]::new);
    }

    void find(String text, Pattern.Matches found) {
        int[] symbols = alphabet.read(text);
        for (int look = 0; look < looks.size(); look++) {
            evaluate(look, symbols);
        }
        int length = symbols.length - 1; // in code points
        int offset = 0; // of the code point at position p
        int lastEnd = -1;
        for (int p = 0; p <= length; ) {
            int end = match(symbols, p);
            if (end < 0 || end == p && p == lastEnd) { // no empty match directly after a match
                offset = p < length ? text.offsetByCodePoints(offset, 1) : offset;
                p++;
                continue;
            }
            int endOffset = length == text.length() ? end : text.offsetByCodePoints(offset, end - p);
            found.match(offset, endOffset);
            offset = endOffset;
            p = end;
            lastEnd = end;
        }
    }

    /** The end of the preferred match that begins at a position, or -1. */
    private int match(int[] symbols, int begin) {
        int end = -1;
        int state = matches.start();
        for (int p = begin; state >= 0; p++) {
            int step = matches.step(state, symbols[p]);
            if (Automaton.matches(step)) {
                end = p;
            }
            state = Automaton.state(step);
        }
        return end;
    }

    /** Adds to each symbol whether a lookaround is true at its position. The end of the text is in no class. */
    private void evaluate(int look, int[] symbols) {
        int width = alphabet.size() + 1;
        int bit = width << look;
        Automaton automaton = lookarounds[look];
        int state = automaton.start();
        int n = symbols.length;
        for (int i = 0; i < n; i++) {
            int p = looks.get(look).ahead() ? n - 1 - i : i;
            int symbol = symbols[p];
            if (looks.get(look).ahead()) { // reads the code point before the position
                int before = p == 0 ? width - 1 : symbols[p - 1] % width;
                symbol += before - symbol % width;
            }
            int step = automaton.step(state, symbol);
            state = Automaton.state(step);
            if (Automaton.matches(step)) {
                symbols[p] += bit;
            }
        }
    }
}
