package dev.touchstone.tokenizer.unicode;

import java.util.BitSet;

/** Extended grapheme clusters of Unicode 16 (UAX #29): what readers see as one character. */
public final class Graphemes {
    private static final int OTHER = 0;
    private static final int CONTROL = 1;
    private static final int EXTEND = 2;
    private static final int SPACING_MARK = 3;
    private static final int PREPEND = 4;
    private static final int PICTOGRAPHIC = 5;
    private static final int L = 6;
    private static final int V = 7;
    private static final int T = 8;
    private static final int LV = 9;
    private static final int LVT = 10;
    private static final int REGIONAL = 11;
    private static final int CARRIAGE_RETURN = 12;
    private static final int LINE_FEED = 13;
    private static final int JOINER = 14;
    private static final String[] NAMES = {
        "", "Control", "Extend", "SpacingMark", "Prepend", "Pictographic", "L", "V", "T"
    };

    private static final byte[] CLASSES = classes();
    private static final BitSet CONSONANTS = UnicodeSets.GRAPHEMES.of("Consonant");
    private static final BitSet LINKERS = UnicodeSets.GRAPHEMES.of("Linker");

    private Graphemes() {}

    private static byte[] classes() {
        byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
        for (int i = 1; i < NAMES.length; i++) {
            byte number = (byte) i;
            UnicodeSets.GRAPHEMES.of(NAMES[i]).stream().forEach(c -> classes[c] = number);
        }
        for (int c = 0xAC00; c <= 0xD7A3; c++) { // Hangul syllables: 28 finals each, the first of which is none
            classes[c] = (byte) ((c - 0xAC00) % 28 == 0 ? LV : LVT);
        }
        for (int c = 0x1F1E6; c <= 0x1F1FF; c++) {
            classes[c] = REGIONAL;
        }
        classes['\r'] = CARRIAGE_RETURN;
        classes['\n'] = LINE_FEED;
        classes[0x200D] = JOINER;
        return classes;
    }

    /** The end of the cluster that begins at an offset. */
    public static int end(String text, int begin) {
        int c = text.codePointAt(begin);
        int before = CLASSES[c];
        int at = begin + Character.charCount(c);
        boolean pictographic = before == PICTOGRAPHIC; // then extenders
        boolean joined = false; // then a joiner
        boolean consonant = CONSONANTS.get(c); // then extenders and linkers
        boolean linked = false; // a linker among them
        int regionals = before == REGIONAL ? 1 : 0;
        while (at < text.length()) {
            c = text.codePointAt(at);
            int next = CLASSES[c];
            boolean joins = joins(before, next)
                    || linked && CONSONANTS.get(c)
                    || joined && next == PICTOGRAPHIC
                    || before == REGIONAL && next == REGIONAL && regionals % 2 == 1;
            if (!joins) {
                return at;
            }
            joined = pictographic && next == JOINER;
            pictographic = next == PICTOGRAPHIC || pictographic && next == EXTEND;
            boolean continues = (next == EXTEND || next == JOINER) && c != 0x200C;
            linked = consonant && continues && (linked || LINKERS.get(c));
            consonant = CONSONANTS.get(c) || consonant && continues;
            regionals = next == REGIONAL ? regionals + 1 : 0;
            before = next;
            at += Character.charCount(c);
        }
        return at;
    }

    private static boolean joins(int before, int next) {
        if (before == CARRIAGE_RETURN) {
            return next == LINE_FEED;
        }
        if (isControl(before) || isControl(next)) {
            return false;
        }
        return next == EXTEND
                || next == JOINER
                || next == SPACING_MARK
                || before == PREPEND
                || before == L && (next == L || next == V || next == LV || next == LVT)
                || (before == LV || before == V) && (next == V || next == T)
                || (before == LVT || before == T) && next == T;
    }

    private static boolean isControl(int kind) {
        return kind == CONTROL || kind == CARRIAGE_RETURN || kind == LINE_FEED;
    }
}
