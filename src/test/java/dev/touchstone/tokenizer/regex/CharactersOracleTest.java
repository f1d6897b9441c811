package dev.touchstone.tokenizer.regex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.HuggingFace;
import dev.touchstone.tokenizer.Texts;
import dev.touchstone.tokenizer.TinyTokenizers;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The characters of each class, compared with Oniguruma in Hugging Face's library. */
class CharactersOracleTest {
    private static final int CODE_POINTS = 1_112_064;
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    @ParameterizedTest
    @ValueSource(strings = {"\\p{L}", "\\p{N}", "\\s"})
    void aClassHasTheSameCodePointsAsInHuggingFace(String expression) {
        assertThat(compare(expression, Texts.codePoints())).isEqualTo(CODE_POINTS);
    }

    /** All code points below U+3400, where the alphabets are; of the others the first and last of each category, and a sample. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\p{Lu}",
                "\\p{Ll}",
                "\\p{Lt}",
                "\\p{Lm}",
                "\\p{Lo}",
                "\\p{M}",
                "\\p{Mn}",
                "\\p{Mc}",
                "\\p{Nd}",
                "\\p{P}",
                "\\p{S}",
                "\\p{Sm}",
                "\\p{Z}",
                "\\p{C}",
                "\\p{Cf}",
                "\\w",
                "[\\w]",
                "\\d",
                "\\h",
                "\\p{Han}",
                "\\p{Hiragana}",
                "\\p{Cyrillic}",
                "\\p{Common}",
                "\\p{Alpha}",
                "[[:punct:]]",
                "\\p{Punct}",
                "[[:graph:]]",
                "[[:print:]]",
                "[[:blank:]]",
                "[[:upper:]]",
                "[[:lower:]]",
                "(?i:[ks])",
                "[^\\r\\n\\p{L}\\p{N}]",
                "."
            })
    void aClassHasTheSameCodePointsOfASampleAsInHuggingFace(String expression) {
        compare(expression, sample());
    }

    private static int compare(String expression, IntStream codePoints) {
        int compared = 0;
        int members = 0;
        Regex regex = new Regex(expression + "+");
        try (HuggingFace split = split(expression + "+", "Removed", true)) {
            for (String text : texts(codePoints, UnaryOperator.identity())) {
                List<String> ours = matches(regex, text);

                assertThat(ours).isEqualTo(split.pieces(text));

                compared += text.codePointCount(0, text.length());
                members += ours.stream().mapToInt(String::length).sum();
            }
        }
        assertThat(members).isPositive();
        return compared;
    }

    @Test
    void gpt2SplitsEveryCodePointInContextAsHuggingFace() {
        Regex regex = new Regex(GPT2);
        try (HuggingFace split = split(GPT2, "Isolated", false)) {
            for (String text : texts(sample(), c -> "a" + c + "1" + c + "! " + c + c + c + " ")) {
                assertThat(matches(regex, text)).isEqualTo(split.pieces(text));
            }
        }
    }

    private static IntStream sample() {
        BitSet borders = new BitSet();
        for (String category : List.of("L", "M", "N", "P", "S", "Z", "Cf", "Lu", "Ll", "Mn", "Nd")) {
            BitSet set = Sets.property(category, false);
            for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
                if (set.get(c) != set.get(c - 1)) {
                    borders.set(c - 1, c + 1);
                }
            }
        }
        return Texts.codePoints().filter(c -> c < 0x3400 || c % 101 == 0 || borders.get(c));
    }

    /** Code points in context, some thousands per text: the library's time is more than linear. */
    private static List<String> texts(IntStream codePoints, UnaryOperator<String> context) {
        Map<Integer, String> texts = codePoints
                .boxed()
                .collect(Collectors.groupingBy(
                        c -> c >> 12,
                        TreeMap::new,
                        Collectors.mapping(c -> context.apply(Character.toString(c)), Collectors.joining())));
        return List.copyOf(texts.values());
    }

    private static List<String> matches(Regex regex, String text) {
        List<String> matches = new ArrayList<>();
        regex.find(text, (start, end) -> matches.add(text.substring(start, end)));
        return matches;
    }

    /** A tokenizer that splits by a regular expression. */
    private static HuggingFace split(String regex, String behavior, boolean invert) {
        return new HuggingFace(TinyTokenizers.json(Map.of(
                "pre_tokenizer",
                TinyTokenizers.component(
                        "Split", "pattern", Map.of("Regex", regex), "behavior", behavior, "invert", invert),
                "model",
                Map.of("type", "WordLevel", "vocab", Map.of("?", 0), "unk_token", "?"))));
    }
}
