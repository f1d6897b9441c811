package dev.touchstone.tokenizer;

import dev.touchstone.tokenizer.unicode.UnicodeSets;
import java.util.BitSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Random texts of characters that tokenizers often treat wrongly. */
public final class Texts {
    private static final String[] TRICKY = {
        " ",
        " ",
        "  ",
        "   ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\u000B",
        "\f",
        "\u001C",
        "\u001F",
        "\0",
        "\u0085",
        "\u00A0",
        "\u1680",
        "\u180E",
        "\u2003",
        "\u2028",
        "\u2029",
        "\u202F",
        "\u205F",
        "\u3000",
        "\u200B",
        "\u200D",
        "\uFEFF",
        "'",
        "'s",
        "'S",
        "'re",
        "'LL",
        "'D",
        "’s",
        "'ſ",
        "a",
        "b",
        "Z",
        "the",
        " The",
        "ing",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ſ",
        "ª",
        "ʰ",
        "ǅ",
        "中",
        "한",
        "ي",
        "1",
        "23",
        "²",
        "½",
        "Ⅷ",
        "٣",
        "𝟘",
        "_",
        "(",
        ")",
        "#",
        "!",
        "...",
        "--",
        "$",
        "©",
        "™",
        "€",
        "\u0300",
        "\u20E3",
        "😀",
        "👩‍👩‍👧",
        "🏽",
        "𐐷",
        "\uFFFD",
        "\uFFFF",
        "\uE000",
        "\uDBFF\uDFFF",
        "Ġ",
        "Ċ",
        "Ã©",
        "<|endoftext|>",
        "<|endoftext",
        "|>"
    };

    private static final BitSet LETTERS = UnicodeSets.CATEGORIES.where(name -> name.matches("L."));
    private static final BitSet NUMBERS = UnicodeSets.CATEGORIES.where(name -> name.matches("N."));

    private Texts() {}

    /** Any Unicode text, often with difficult characters, without unpaired surrogates. */
    public static Arbitrary<String> hostile() {
        Arbitrary<String> anyCodePoint = Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .map(Character::toString);
        return Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.of(TRICKY)), Tuple.of(1, anyCodePoint))
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    /** Whether all characters are in this JDK's version of Unicode, which jtokkit uses. */
    public static boolean isKnownToThisJdk(String text) {
        return text.codePoints()
                .allMatch(c -> Character.isLetter(c) == LETTERS.get(c) && isNumber(c) == NUMBERS.get(c));
    }

    private static boolean isNumber(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    /** All code points except surrogates, in order. */
    public static IntStream codePoints() {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }
}
