package dev.touchstone.tokenizer.regex;

import static java.util.Map.entry;

import dev.touchstone.tokenizer.unicode.UnicodeSets;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The character sets of Oniguruma by name, with the characters of Unicode 16. Each result is a new set. */
final class Sets {
    /** Names of properties that are other names of a set of {@link #posix} or of a general category. */
    private static final Map<String, String> OTHER_NAMES = Map.ofEntries(
            entry("alphabetic", "alpha"),
            entry("uppercase", "upper"),
            entry("lowercase", "lower"),
            entry("whitespace", "space"),
            entry("punct", "P"), // without the symbols that [:punct:] has
            entry("punctuation", "P"),
            entry("letter", "L"),
            entry("uppercaseletter", "Lu"),
            entry("lowercaseletter", "Ll"),
            entry("titlecaseletter", "Lt"),
            entry("modifierletter", "Lm"),
            entry("otherletter", "Lo"),
            entry("mark", "M"),
            entry("number", "N"),
            entry("decimalnumber", "Nd"),
            entry("symbol", "S"),
            entry("separator", "Z"),
            entry("other", "C"));

    private Sets() {}

    static BitSet any() {
        return range(0, Character.MAX_CODE_POINT);
    }

    static BitSet of(int... codePoints) {
        BitSet set = new BitSet();
        for (int c : codePoints) {
            set.set(c);
        }
        return set;
    }

    static BitSet except(int codePoint) {
        return inverted(of(codePoint));
    }

    static BitSet inverted(BitSet set) {
        BitSet inverted = any();
        inverted.andNot(set);
        return inverted;
    }

    /** {@code \w} outside of brackets: in Oniguruma it also has six numbers of Latin-1. */
    static BitSet word() {
        return union(posix("word"), of('²', '³', '¹', '¼', '½', '¾'));
    }

    /** Characters with an upper or lower case. */
    static BitSet cased() {
        return where(name -> name.matches("L[ult]|Other_Uppercase|Other_Lowercase"));
    }

    /** A POSIX bracket such as {@code alpha}; null if there is none of this name. */
    static BitSet posix(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "alnum" -> union(posix("alpha"), category("Nd"));
            case "alpha" -> where(key -> key.matches("L.|Nl|Other_Alphabetic"));
            case "ascii" -> range(0, 0x7F);
            case "blank" -> union(category("Zs"), of('\t'));
            case "cntrl" -> category("Cc");
            case "digit" -> category("Nd");
            case "graph" -> where(key -> key.matches("[^Z].") && !key.equals("Cc"));
            case "lower" -> where(key -> key.matches("Ll|Other_Lowercase"));
            case "print" -> where(key -> key.matches("[^Z].|Zs") && !key.equals("Cc"));
            case "punct" -> where(key -> key.matches("[PS]."));
            case "space" -> union(union(category("Z"), range('\t', '\r')), of(0x85));
            case "upper" -> where(key -> key.matches("Lu|Other_Uppercase"));
            case "xdigit" -> union(union(range('0', '9'), range('a', 'f')), range('A', 'F'));
            case "word" -> where(key -> key.matches("L.|Nl|Other_Alphabetic|M.|Nd|Pc"));
            default -> null;
        };
    }

    /**
     * A property outside or inside of brackets: a POSIX bracket, a general category or a script, such as {@code Alpha},
     * {@code Lu}, {@code Letter} or {@code Han}; null if there is none of this name.
     */
    static BitSet property(String name, boolean inBracket) {
        String plain = name.replaceAll("[-_ ]", "").toLowerCase(Locale.ROOT);
        String known = OTHER_NAMES.getOrDefault(plain, plain);
        BitSet set = switch (known) {
            case "any" -> any();
            case "assigned" -> inverted(category("cn"));
            case "word" -> inBracket ? posix("word") : word();
            default -> posix(known);
        };
        if (set == null) {
            set = category(known);
        }
        if (set.isEmpty()) {
            set = UnicodeSets.SCRIPTS.where(key -> key.replace("_", "").equalsIgnoreCase(plain));
        }
        return set.isEmpty() ? null : set;
    }

    /** A general category, or all that begin with a letter; empty if there is none of this name. */
    private static BitSet category(String name) {
        BitSet set = where(key -> key.length() == 2
                && (key.equalsIgnoreCase(name) || key.substring(0, 1).equalsIgnoreCase(name)));
        if (name.equalsIgnoreCase("C") || name.equalsIgnoreCase("Cn")) {
            BitSet unassigned = inverted(where(key -> key.length() == 2));
            unassigned.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
            set.or(unassigned);
        }
        return set;
    }

    private static BitSet where(Predicate<String> name) {
        return UnicodeSets.CATEGORIES.where(name);
    }

    private static BitSet range(int first, int last) {
        BitSet set = new BitSet();
        set.set(first, last + 1);
        return set;
    }

    private static BitSet union(BitSet a, BitSet b) {
        a.or(b);
        return a;
    }
}
