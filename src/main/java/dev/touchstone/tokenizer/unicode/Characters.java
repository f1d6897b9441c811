package dev.touchstone.tokenizer.unicode;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Classes of characters as the parts of Hugging Face's library define them, each with its version of Unicode. */
public final class Characters {
    private static final BitSet WORD =
            UnicodeSets.CATEGORIES.where(name -> name.matches("L.|Nl|Other_Alphabetic|M.|Nd|Pc"));
    private static final BitSet NUMBER = UnicodeSets.OTHERS.of("Number");
    private static final BitSet PUNCTUATION = UnicodeSets.OTHERS.of("Punctuation");
    private static final BitSet MARK = UnicodeSets.OTHERS.of("Mark");
    private static final BitSet NONSPACING_MARK = UnicodeSets.OTHERS.of("Nonspacing");
    private static final BitSet CONTROL = UnicodeSets.OTHERS.of("Other");
    private static final Map<Integer, Integer> LOWER_CASE = lowerCase();

    private Characters() {}

    /** White_Space, which no version of Unicode since 6.3 has changed. */
    public static boolean isWhiteSpace(int c) {
        return c >= '\t' && c <= '\r'
                || c == ' '
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || c >= 0x2000 && c <= 0x200A
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** {@code \w} of the Rust crate regex, of Unicode 16. */
    public static boolean isWord(int c) {
        return WORD.get(c) || c == 0x200C || c == 0x200D;
    }

    /** {@code is_numeric} of Rust, of Unicode 17. */
    public static boolean isNumber(int c) {
        return NUMBER.get(c);
    }

    /** Punctuation of ASCII, and of Unicode 7. */
    public static boolean isPunctuation(int c) {
        return PUNCTUATION.get(c);
    }

    /** Combining marks of Unicode 9. */
    public static boolean isMark(int c) {
        return MARK.get(c);
    }

    /** Nonspacing marks of Unicode 7. */
    public static boolean isNonspacingMark(int c) {
        return NONSPACING_MARK.get(c);
    }

    /** Control and format characters and those for private use, of Unicode 7. */
    public static boolean isControl(int c) {
        return CONTROL.get(c);
    }

    /** The lower case of a text in Unicode 17, character by character: without a rule for the final sigma. */
    public static String toLowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == 0x130) {
                lower.append("i\u0307");
            } else {
                lower.appendCodePoint(LOWER_CASE.getOrDefault(c, c));
            }
        });
        return lower.toString();
    }

    private static Map<Integer, Integer> lowerCase() {
        Map<Integer, Integer> lowerCase = new HashMap<>();
        UnicodeSets.lines("lowercase.txt")
                .forEach(
                        line -> { // such as 100-12E/2 1
                            String[] fields = line.split("[-/ ]", 4);
                            int difference = Integer.parseInt(fields[3]);
                            IntStream.iterate(
                                            Integer.parseInt(fields[0], 16),
                                            c -> c <= Integer.parseInt(fields[1], 16),
                                            c -> c + Integer.parseInt(fields[2]))
                                    .forEach(c -> lowerCase.put(c, c + difference));
                        });
        return lowerCase;
    }
}
