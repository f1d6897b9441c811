package dev.touchstone.tokenizer.regex;

import java.util.List;
import java.util.random.RandomGenerator;

/** Random regular expressions of all supported constructs. */
final class RandomRegex {
    private static final List<String> CHARACTERS = List.of(
            "a", "b", "A", "s", "k", "1", " ", "-", "\\.", "é", "中", "\\n", "\\t", "\\x{61}", "\\u00e9", "'", "\\\\");
    private static final List<String> ASCII = List.of("a", "b", "A", "'s", "k", "'re", "1", " ", "-");
    private static final List<String> CLASSES = List.of(
            ".",
            "\\s",
            "\\S",
            "\\w",
            "\\W",
            "\\d",
            "\\D",
            "\\h",
            "\\R",
            "\\p{L}",
            "\\p{N}",
            "\\p{Lu}",
            "\\p{^Ll}",
            "\\P{M}",
            "\\p{P}",
            "\\p{S}",
            "\\p{Han}",
            "\\p{Alnum}",
            "\\p{Letter}",
            "\\p{Z}",
            "\\p{Cyrillic}");
    private static final List<String> MEMBERS = List.of(
            "a",
            "b-d",
            "A-Z",
            "0-9",
            "é",
            "一-龥",
            " ",
            "\\s",
            "\\w",
            "\\d",
            "\\p{L}",
            "\\p{^N}",
            "\\p{M}",
            "[:punct:]",
            "[:^alpha:]",
            "\\-",
            "\\]",
            "[ab]",
            "[^a]",
            "\\n",
            "'",
            ".",
            "$",
            "(");
    private static final List<String> QUANTIFIERS =
            List.of("?", "*", "+", "??", "*?", "+?", "{2}", "{1,2}", "{,2}", "{2,}", "{1,2}?", "{2}?");
    private static final List<String> ANCHORS = List.of("^", "$", "\\A", "\\z", "\\Z", "\\b", "\\B");

    private final RandomGenerator random;

    RandomRegex(RandomGenerator random) {
        this.random = random;
    }

    String next() {
        return choice(2);
    }

    private String choice(int depth) {
        StringBuilder choice = new StringBuilder(sequence(depth));
        for (int i = random.nextInt(depth == 2 ? 4 : 3); i > 1; i--) {
            choice.append('|').append(sequence(depth));
        }
        return choice.toString();
    }

    private String sequence(int depth) {
        StringBuilder sequence = new StringBuilder();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            sequence.append(item(depth));
        }
        return sequence.toString();
    }

    private String item(int depth) {
        int kind = random.nextInt(depth > 0 ? 14 : 9);
        if (kind < 9) {
            String chars = kind < 4 ? any(CHARACTERS) : kind < 6 ? any(CLASSES) : bracket(1);
            return chars + (random.nextInt(3) == 0 ? any(QUANTIFIERS) : possessive());
        }
        return switch (kind) {
            case 9 -> any(ANCHORS);
            case 10 -> any(List.of("(?=", "(?!")) + sequence(depth - 1) + ")";
            case 11 -> any(List.of("(?<=", "(?<!")) + any(CHARACTERS) + any(CLASSES) + ")";
            case 12 -> "(?i:" + any(ASCII) + ")" + (random.nextBoolean() ? "?" : "");
            default -> group(any(List.of("(?:", "(", "(?<n>", "(?m:")) + choice(depth - 1) + ")");
        };
    }

    private String possessive() {
        return random.nextInt(5) == 0 ? any(List.of("++", "*+", "?+")) : "";
    }

    /** Where a text can match in several ways, an unbounded repetition can take Oniguruma exponential time and panic. */
    private String group(String body) {
        boolean ambiguous = body.substring(2).matches("(?s).*[*+?{|].*");
        List<String> quantifiers = ambiguous ? List.of("", "?", "??") : List.of("", "?", "{1,2}", "??", "+", "*");
        return body + any(quantifiers);
    }

    private String bracket(int depth) {
        boolean both = depth > 0 && random.nextInt(4) == 0;
        StringBuilder bracket = new StringBuilder(!both && random.nextInt(3) == 0 ? "[^" : "[");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            bracket.append(any(MEMBERS));
        }
        if (both) {
            bracket.append("&&").append(bracket(depth - 1));
        }
        return bracket.append("]").toString();
    }

    private String any(List<String> items) {
        return items.get(random.nextInt(items.size()));
    }
}
