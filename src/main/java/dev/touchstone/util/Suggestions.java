package dev.touchstone.util;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The words that a mistyped one was probably meant to be. */
public final class Suggestions {
    private static final int MOST = 3;

    private Suggestions() {}

    /** Such as {@code ; did you mean --top-k or --top-p?}; empty if no word is similar. */
    public static String question(String typed, Collection<String> words) {
        List<String> similar = similar(typed, words);
        return similar.isEmpty() ? "" : similar.stream().collect(Collectors.joining(" or ", "; did you mean ", "?"));
    }

    /**
     * The nearest words first. The edit distance is at most a third of the typed word's length, or 1 if that is more; a word
     * that begins with what was typed has the distance 1. Leading dashes do not count.
     */
    public static List<String> similar(String typed, Collection<String> words) {
        String bare = bare(typed);
        int limit = Math.max(1, bare.length() / 3);
        Map<String, Integer> distances = new HashMap<>();
        words.forEach(word -> distances.put(word, begins(bare, bare(word)) ? 1 : distance(bare, bare(word))));
        int nearest = distances.values().stream().min(Comparator.naturalOrder()).orElse(limit);
        return words.stream()
                .distinct()
                .filter(word -> distances.get(word) <= Math.min(limit, nearest + 1))
                .sorted(Comparator.comparing(distances::get))
                .limit(MOST)
                .toList();
    }

    private static boolean begins(String typed, String word) {
        return typed.length() > 1 && word.startsWith(typed);
    }

    private static String bare(String word) {
        return word.replaceFirst("^-+", "").replace('_', '-');
    }

    /** How many characters to insert, delete, replace or swap with their neighbor (optimal string alignment). */
    public static int distance(String a, String b) {
        int[][] distances = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                distances[i][j] = i == 0 || j == 0 ? i + j : step(distances, a, b, i, j);
            }
        }
        return distances[a.length()][b.length()];
    }

    private static int step(int[][] distances, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(distances[i - 1][j - 1] + change, Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
    }
}
