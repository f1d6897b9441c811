package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All 1,112,064 code points, compared with Hugging Face's regular expressions. */
class Unicode16Test {
    private static final int CODE_POINTS = 1_112_064;

    @ParameterizedTest
    @ValueSource(strings = {"\\p{L}", "\\p{N}", "\\s"})
    void aClassHasTheSameCodePointsAsInHuggingFace(String regex) {
        int compared = 0;
        int members = 0;
        try (HuggingFace split = split(regex + "+", "Removed", true)) {
            for (String text : texts(Texts.codePoints(), UnaryOperator.identity())) {
                List<String> ours = pieces(RegexSplit.keeping(regex + "+"), text);

                assertThat(ours).isEqualTo(split.pieces(text));

                compared += text.codePointCount(0, text.length());
                members += ours.stream().mapToInt(String::length).sum();
            }
        }
        assertThat(compared).isEqualTo(CODE_POINTS);
        assertThat(members).isPositive();
    }

    /** All code points below U+3400, where the alphabets are; of the others the first and last of each class, and a sample. */
    @Test
    void gpt2SplitsEveryCodePointInContextAsHuggingFace() {
        IntStream sample = Texts.codePoints().filter(c -> c < 0x3400 || c % 101 == 0 || isBorder(c));
        try (HuggingFace split = split(RegexSplit.GPT2, "Isolated", false)) {
            for (String text : texts(sample, c -> "a" + c + "1" + c + "! " + c + c + c + " ")) {
                assertThat(pieces(RegexSplit.isolating(RegexSplit.GPT2), text)).isEqualTo(split.pieces(text));
            }
        }
    }

    private static boolean isBorder(int c) {
        return c > 0
                && (Unicode16.isLetter(c) != Unicode16.isLetter(c - 1)
                        || Unicode16.isNumber(c) != Unicode16.isNumber(c - 1));
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

    private static List<String> pieces(PreTokenizer split, String text) {
        List<String> pieces = new ArrayList<>();
        split.split(text, pieces::add);
        return pieces;
    }

    /** A tokenizer that splits by a regular expression. */
    private static HuggingFace split(String regex, String behavior, boolean invert) {
        return new HuggingFace("""
                {"version": "1.0", "model": {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"},
                 "added_tokens": [], "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "%s"},
                 "behavior": "%s", "invert": %s}}""".formatted(regex.replace("\\", "\\\\"), behavior, invert));
    }
}
