package dev.touchstone.tokenizer.regex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.HuggingFace;
import dev.touchstone.tokenizer.TinyTokenizers;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RegexOracleTest {

    private static final List<String> UNITS = List.of(
            "a", "b", "A", "B", "s", "S", "'", "1", "2", " ", "  ", "\n", "\r", "\t", "-", ".", "é", "e\u0301", "中",
            "龍", "½", "ſ", "k", "\u212A", "'s", "'RE", "ж", "😀", "$", "(", "\u3000", "_", "\\");

    @Property(tries = 1500)
    void matchesEqualOnigurumas(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String expression = new RandomRegex(random).next();
        Regex regex;
        try {
            regex = new Regex(expression);
        } catch (TouchstoneException e) {
            return;
        }
        HuggingFace made;
        try {
            made = split(expression);
        } catch (RuntimeException e) {
            return;
        }
        try (HuggingFace oracle = made) {
            for (int i = 0; i < 4; i++) {
                String text = text(random);
                assertThat(pieces(regex, text)).as("%s on %s", expression, text).isEqualTo(oracle.pieces(text));
            }
        }
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(20); n >= 0; n--) {
            text.append(UNITS.get(random.nextInt(UNITS.size())).repeat(1 + random.nextInt(2)));
        }
        return text.toString();
    }

    private static List<String> pieces(Regex regex, String text) {
        List<String> pieces = new ArrayList<>();
        int[] end = {0};
        regex.find(text, (from, to) -> {
            if (end[0] < from) {
                pieces.add(text.substring(end[0], from));
            }
            if (from < to) {
                pieces.add(text.substring(from, to));
            }
            end[0] = to;
        });
        if (end[0] < text.length()) {
            pieces.add(text.substring(end[0]));
        }
        return pieces;
    }

    private static HuggingFace split(String expression) {
        return new HuggingFace(TinyTokenizers.json(Map.of(
                "pre_tokenizer",
                Map.of(
                        "type",
                        "Split",
                        "pattern",
                        Map.of("Regex", expression),
                        "behavior",
                        "Isolated",
                        "invert",
                        false),
                "model",
                Map.of("type", "WordLevel", "vocab", Map.of("?", 0), "unk_token", "?"))));
    }
}
