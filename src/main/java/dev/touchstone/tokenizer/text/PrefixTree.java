package dev.touchstone.tokenizer.text;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A set of words in order, searched for those that a text has at some position. */
public final class PrefixTree {
    private final String[] words;
    private final Map<Character, int[]> byFirst = new HashMap<>(); // the range of words with this first char

    /** Empty words are never found. */
    public PrefixTree(Collection<String> words) {
        this.words =
                new TreeSet<>(words).stream().filter(word -> !word.isEmpty()).toArray(String[]::new);
        for (int i = 0; i < this.words.length; i++) {
            byFirst.computeIfAbsent(this.words[i].charAt(0), first -> new int[] {-1, 0});
            int[] range = byFirst.get(this.words[i].charAt(0));
            range[0] = range[0] < 0 ? i : range[0];
            range[1] = i + 1;
        }
    }

    /** The longest word at a position, or null. */
    public String longest(String text, int at) {
        String[] longest = {null};
        find(text, at, word -> longest[0] = word);
        return longest[0];
    }

    /** Passes on all words at a position, shortest first. */
    public void find(String text, int at, Consumer<String> found) {
        int[] range = byFirst.get(text.charAt(at));
        if (range == null) {
            return;
        }
        int from = range[0];
        int to = range[1];
        for (int length = 1; from < to; length++) { // words from..to begin with the chars so far
            if (words[from].length() == length) {
                found.accept(words[from++]);
            }
            if (at + length == text.length()) {
                return;
            }
            char next = text.charAt(at + length);
            from = border(from, to, length, next);
            to = border(from, to, length, next + 1);
        }
    }

    /** The first word of a range whose char at an index is at least the given one. */
    private int border(int from, int to, int index, int c) {
        while (from < to) {
            int middle = from + to >>> 1;
            if (words[middle].charAt(index) < c) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
