package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordWrapTest {
    private static final String CODE = "```java\nfor (int i = 0; i < 10; i++) { print(i); }\n```\n";

    @Test
    void linesEndAtSpaces() {
        assertThat(wrap(10, "the king had a daughter")).isEqualTo("the king\nhad a\ndaughter");
        assertThat(wrap(10, "ten column s")).isEqualTo("ten column\ns");
        assertThat(wrap(10, "one\n\ntwo three four")).isEqualTo("one\n\ntwo three\nfour");
        assertThat(wrap(10, " a man and a fox")).isEqualTo(" a man and\na fox");
    }

    @Test
    void aWordIsHeldBackUntilItFits() {
        WordWrap wrap = new WordWrap(10);

        assertThat(wrap.add("The ki")).isEqualTo("The");
        assertThat(wrap.add("ng")).isEmpty();
        assertThat(wrap.add(" had")).isEqualTo(" king");
        assertThat(wrap.end()).isEqualTo("\nhad");
    }

    @Test
    void widthZeroChangesNothingAndHoldsNothingBack() {
        WordWrap wrap = new WordWrap(0);

        assertThat(wrap.add("The ki")).isEqualTo("The ki");
        assertThat(wrap.end()).isEmpty();
    }

    @Test
    void aWordLongerThanALineIsNotBroken() {
        assertThat(wrap(8, "see https://example.org/long now")).isEqualTo("see\nhttps://example.org/long now");
    }

    @Test
    void codeIsNotWrapped() {
        assertThat(wrap(12, "Here is code:\n" + CODE + "and that is all"))
                .isEqualTo("Here is\ncode:\n" + CODE + "and that is\nall");
        assertThat(wrap(12, "    an indented line of code")).isEqualTo("    an indented line of code");
        assertThat(wrap(12, "\tan indented line of code")).isEqualTo("\tan indented line of code");
        assertThat(wrap(12, "~~~\na long line of text\n~~~")).isEqualTo("~~~\na long line of text\n~~~");
    }

    @Test
    void itemsOfListsAreWrapped() {
        assertThat(wrap(12, "- an item of a list")).isEqualTo("- an item of\na list");
        assertThat(wrap(12, "  - an item of a list")).isEqualTo("  - an item\n  of a list");
        assertThat(wrap(12, "   1. an item here")).isEqualTo("   1. an\n   item here");
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        assertThat(wrap(6, "国王有三个女儿")).isEqualTo("国王有\n三个女\n儿");
        assertThat(wrap(6, "国王有。三个")).isEqualTo("国王\n有。三\n个");
        assertThat(wrap(6, "ab 😀😀 cd")).isEqualTo("ab 😀\n😀 cd");
        assertThat(wrap(5, "e\u0301e\u0301 e\u0301e\u0301 x")).isEqualTo("e\u0301e\u0301 e\u0301e\u0301\nx");
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 20, 80})
    void theResultDoesNotDependOnHowTheTextIsSplit(int columns) {
        Random random = new Random(columns);
        String[] parts = {
            "the ", "king", " ", "\n", "```\n", "  - ", "    ", "国", "。", "😀", "é", "1. ", "\t", "`", "~~~", "-"
        };
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            String whole = wrap(columns, text.toString());
            assertThat(inPieces(columns, text.toString(), random)).isEqualTo(whole);
            assertThat(whole.replaceAll("\\s", "")).isEqualTo(text.toString().replaceAll("\\s", ""));
        }
        List<String> words = new ArrayList<>();
        random.ints(500, 1, 7).forEach(length -> words.add("x".repeat(length)));
        String wrapped = wrap(columns, String.join(" ", words));
        assertThat(wrapped.split("\\s")).containsExactlyElementsOf(words);
        assertThat(wrapped.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
    }

    private static String wrap(int columns, String text) {
        WordWrap wrap = new WordWrap(columns);
        return wrap.add(text) + wrap.end();
    }

    private static String inPieces(int columns, String text, Random random) {
        WordWrap wrap = new WordWrap(columns);
        StringBuilder printed = new StringBuilder();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(4));
            printed.append(wrap.add(text.substring(from, to)));
            from = to;
        }
        return printed + wrap.end();
    }
}
