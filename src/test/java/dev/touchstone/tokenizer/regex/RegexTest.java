package dev.touchstone.tokenizer.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors and time of regular expressions; {@link RegexOracleTest} compares matches. */
class RegexTest {
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            (a)\\1          ¦ backreferences \\1 are not supported, found before position 4
            (?<n>a)\\k<n>   ¦ backreferences \\k are not supported
            \\g<1>          ¦ calls \\g are not supported
            a\\K            ¦ escapes \\K are not supported
            \\G             ¦ anchors \\G are not supported
            \\X             ¦ text segments \\X are not supported
            \\O+            ¦ escapes \\O are not supported
            (?~a)           ¦ absent functions (?~...) are not supported
            (?(a)b)         ¦ conditionals (?(...)...) are not supported
            (*FAIL)         ¦ callouts (*name) are not supported
            (?x: a)         ¦ groups with the option "x" are not supported
            (?s:.)          ¦ groups with the option "s" are not supported
            (?>a|ab)        ¦ possessive quantifiers and atomic groups of more than one set of characters are not supported
            (?:ab)++        ¦ possessive quantifiers and atomic groups of more than one set of characters are not supported
            (?:a?)*         ¦ unbounded repetitions of something that can be empty are not supported
            (?=a)*          ¦ quantifiers after a lookaround or an anchor are not supported
            (?<=\\R)a       ¦ escapes \\R in a lookbehind are not supported
            (?i:é)          ¦ letters beyond ASCII under the option (?i) are not supported
            (?i:st)         ¦ adjacent letters "st" under the option (?i) are not supported
            \\p{Nothing}    ¦ characters of the property "Nothing" are not supported
            \\pL            ¦ properties without braces are not supported
            [a&&[^b]]c[^a&&b] ¦ negated brackets with && are not supported
            [a-\\d]         ¦ ranges that end with a class are not supported
            \\xFF           ¦ single bytes \\xHH above 7F are not supported
            \\q             ¦ escapes \\q are not supported
            a{3,2}          ¦ possessive intervals {n,m} with n > m are not supported
            a{200000}       ¦ a repetition of more than 100000
            (?:a{1000}){1000} ¦ more than 20000 characters
            [b-a]           ¦ an empty range
            a)              ¦ a ")" without a "("
            (a              ¦ no ")" where one is expected
            [a              ¦ an end where more is expected
            *a              ¦ a quantifier without a target
            """)
    void whatIsNotSupportedIsNamed(String expression, String message) {
        assertThatThrownBy(() -> new Regex(expression))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(message);
    }

    @Test
    void deepNestingThrows() {
        assertThatThrownBy(() -> new Regex("(".repeat(10_000) + ")".repeat(10_000)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("groups nested deeper than 200");
        assertThatThrownBy(() -> new Regex("[".repeat(10_000)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("brackets nested deeper than 100");
    }

    /** For a backtracking matcher the time is exponential or cubic in the length of the text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:a+)+b",
                "(?:a|a)+b",
                "(?:a|aa)+b",
                "a*a*a*b",
                "(?:aa+)+b",
                "(?=a*a*b)c",
                "(?<=ba*a*)c",
                "(?:a+b?)+c",
                "[^\\r\\n]*a+a*b|c"
            })
    void theTimeIsAtMostQuadratic(String expression) {
        Regex regex = new Regex(expression);
        String text = "a".repeat(20_000);

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertThat(matches(regex, text)).isEmpty());
    }

    /** Spaces, as in most tokenizers: one pass. */
    @Test
    void aMillionSpacesTakeLinearTime() {
        Regex regex = new Regex("\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
        String text = " ".repeat(1_000_000) + "a";

        List<String> matches = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> matches(regex, text));

        assertThat(matches).extracting(String::length).containsExactly(999_999, 1);
    }

    /** More states than are kept: 2 to the power of 15 for the last 15 characters. */
    @Test
    void statesAreDroppedWhenThereAreTooMany() {
        Regex regex = new Regex("[ab]*a[ab]{14}c");
        StringBuilder text = new StringBuilder();
        new java.util.Random(1).ints(200_000, 0, 2).forEach(bit -> text.append(bit == 0 ? 'a' : 'b'));
        text.append("abbbbbbbbbbbbbbc");

        assertThat(matches(regex, text.toString())).containsExactly(text.toString());
    }

    @Test
    void threadsShareAnExpression() throws Exception {
        Regex regex = new Regex(" ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
        String text = "The quick brown fox, aged 12, jumps  over\n\nthe lazy dog. ".repeat(500);
        List<String> expected = matches(regex, text);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<List<String>> task = () -> matches(regex, text);
            for (Future<List<String>> found :
                    threads.invokeAll(List.of(task, task, task, task, task, task, task, task))) {
                assertThat(found.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }

    private static List<String> matches(Regex regex, String text) {
        List<String> matches = new ArrayList<>();
        regex.find(text, (start, end) -> matches.add(text.substring(start, end)));
        return matches;
    }
}
