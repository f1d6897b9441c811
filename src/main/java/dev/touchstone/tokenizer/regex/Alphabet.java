package dev.touchstone.tokenizer.regex;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Classes of code points that no set of a regular expression separates. The automaton reads the numbers of classes in place
 * of code points, so its tables are small.
 */
final class Alphabet {
    private static final int PAGE = 256;

    private final char[][] pages = new char[(Character.MAX_CODE_POINT + 1) / PAGE][];
    private final Map<BitSet, boolean[]> members = new HashMap<>();
    private final int size;

    Alphabet(Collection<BitSet> sets) {
        List<BitSet> distinct = List.copyOf(new LinkedHashSet<>(sets));
        Map<BitSet, Integer> classes = new HashMap<>(); // by the numbers of the sets that have the code points
        int[] borders = borders(distinct);
        for (int i = 0; i + 1 < borders.length; i++) {
            BitSet owners = new BitSet();
            for (int s = 0; s < distinct.size(); s++) {
                owners.set(s, distinct.get(s).get(borders[i]));
            }
            Integer number = classes.putIfAbsent(owners, classes.size());
            fill(borders[i], borders[i + 1], number == null ? classes.size() - 1 : number);
        }
        size = classes.size();
        for (int s = 0; s < distinct.size(); s++) {
            boolean[] has = new boolean[size];
            for (Map.Entry<BitSet, Integer> entry : classes.entrySet()) {
                has[entry.getValue()] = entry.getKey().get(s);
            }
            members.put(distinct.get(s), has);
        }
    }

    private static int[] borders(List<BitSet> sets) {
        TreeSet<Integer> borders = new TreeSet<>(List.of(0, Character.MAX_CODE_POINT + 1));
        for (BitSet set : sets) {
            for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i)) {
                borders.add(i);
                i = set.nextClearBit(i);
                borders.add(Math.min(i, Character.MAX_CODE_POINT + 1));
            }
        }
        return borders.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Pages of a single class are shared. */
    private void fill(int from, int to, int number) {
        char[] uniform = null;
        while (from < to) {
            int page = from / PAGE;
            int end = Math.min(to, (page + 1) * PAGE);
            if (end - from == PAGE) {
                if (uniform == null) {
                    uniform = new char[PAGE];
                    Arrays.fill(uniform, (char) number);
                }
                pages[page] = uniform;
            } else {
                if (pages[page] == null) {
                    pages[page] = new char[PAGE];
                }
                Arrays.fill(pages[page], from % PAGE, from % PAGE + end - from, (char) number);
            }
            from = end;
        }
    }

    /** The number of classes; classes are 0 to this, exclusive. */
    int size() {
        return size;
    }

    /** Whether a set has the code points of a class, by class. */
    boolean[] classes(BitSet set) {
        return members.get(set);
    }

    /** The class of each code point of a text, and {@link #size} for the end of the text. */
    int[] read(String text) {
        int[] read = new int[text.length() + 1];
        int n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int codePoint = c;
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                codePoint = Character.toCodePoint(c, text.charAt(++i));
            }
            read[n++] = pages[codePoint / PAGE][codePoint % PAGE];
        }
        read[n++] = size;
        return n == read.length ? read : Arrays.copyOf(read, n);
    }
}
