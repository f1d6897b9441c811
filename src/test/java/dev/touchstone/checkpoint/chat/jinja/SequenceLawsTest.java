package dev.touchstone.checkpoint.chat.jinja;

import static dev.touchstone.checkpoint.chat.jinja.Rendered.value;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Strings and lists against references: the elements of a string are its code points. */
class SequenceLawsTest {
    /**
     * Python's definition: {@code s[i:j:k]} has the items {@code i, i + k, i + 2k, ...} before {@code j}, where indices below 0
     * count from the end and are then limited to the sequence.
     */
    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void slicesAreThoseOfTheDefinition(
            @ForAll("texts") String text,
            @ForAll("bounds") String start,
            @ForAll("bounds") String stop,
            @ForAll("steps") String step) {
        List<String> items = characters(text);
        List<String> expected = new ArrayList<>();
        int k = step.isEmpty() ? 1 : Integer.parseInt(step);
        int i = bound(start, items.size(), k, k > 0 ? 0 : items.size() - 1);
        int j = bound(stop, items.size(), k, k > 0 ? items.size() : -1);
        for (int at = i; k > 0 ? at < j : at > j; at += k) {
            expected.add(items.get(at));
        }

        String slice = "[" + start + ":" + stop + (step.isEmpty() ? "" : ":" + step) + "]";

        assertThat(value("x" + slice, "x", text)).as(slice).isEqualTo(String.join("", expected));
        assertThat(value("x" + slice + " == y", "x", items, "y", expected))
                .as(slice)
                .isEqualTo("True");
    }

    private static int bound(String given, int length, int step, int fallback) {
        if (given.isEmpty()) {
            return fallback;
        }
        int index = Integer.parseInt(given) + (given.startsWith("-") ? length : 0);
        return step > 0 ? Math.max(0, Math.min(index, length)) : Math.max(-1, Math.min(index, length - 1));
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void theElementsOfAStringAreItsCodePoints(
            @ForAll("texts") String text, @ForAll @IntRange(min = -9, max = 9) int at) {
        List<String> items = characters(text);
        int n = items.size();

        assertThat(value("x | length", "x", text)).isEqualTo("" + n);
        assertThat(value("(x | list) == y", "x", text, "y", items)).isEqualTo("True");
        assertThat(value("x[at] is defined", "x", text, "at", at)).isEqualTo(at >= -n && at < n ? "True" : "False");
        if (at >= -n && at < n) {
            assertThat(value("x[at]", "x", text, "at", at)).isEqualTo(items.get(at < 0 ? at + n : at));
        }
        List<String> reversed = new ArrayList<>(items);
        Collections.reverse(reversed);
        assertThat(value("x | reverse", "x", text)).isEqualTo(String.join("", reversed));
        assertThat(value("x | first ~ '|' ~ x | last", "x", text))
                .isEqualTo(n == 0 ? "|" : items.get(0) + "|" + items.get(n - 1));
    }

    /** A search in the strings of code points, from each place in turn. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void searchesCountCodePoints(@ForAll("texts") String text, @ForAll("parts") String part) {
        int[] in = text.codePoints().toArray();
        int[] what = part.codePoints().toArray();
        List<Integer> places = IntStream.rangeClosed(0, in.length - what.length)
                .filter(i -> Arrays.equals(in, i, i + what.length, what, 0, what.length))
                .boxed()
                .toList();
        int first = places.isEmpty() ? -1 : places.get(0);
        int last = places.isEmpty() ? -1 : places.get(places.size() - 1);

        assertThat(value("[x.find(y), x.rfind(y)]", "x", text, "y", part)).isEqualTo("[" + first + ", " + last + "]");
        assertThat(value("y in x", "x", text, "y", part)).isEqualTo(first < 0 ? "False" : "True");
        assertThat(value("x.startswith(y)", "x", text, "y", part)).isEqualTo(first == 0 ? "True" : "False");
        assertThat(value("x.endswith(y)", "x", text, "y", part))
                .isEqualTo(last >= 0 && last == in.length - what.length ? "True" : "False");
        assertThat(value("x.removeprefix(y)", "x", text, "y", part))
                .isEqualTo(first == 0 ? text.substring(part.length()) : text);
        if (!part.isEmpty()) {
            int count = 0;
            for (int i = 0, free = 0; i < places.size(); i++) {
                if (places.get(i) >= free) {
                    count++;
                    free = places.get(i) + what.length;
                }
            }
            assertThat(value("x.count(y)", "x", text, "y", part)).isEqualTo("" + count);
            assertThat(value("x.split(y) | length", "x", text, "y", part)).isEqualTo("" + (count + 1));
        } else {
            assertThat(value("x.count(y)", "x", text, "y", part)).isEqualTo("" + (in.length + 1));
        }
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void partsPutTogetherAreTheWhole(
            @ForAll("texts") String text, @ForAll("parts") String part, @ForAll @IntRange(min = 1, max = 4) int n) {
        Object[] given = {"x", text, "y", part, "n", n};
        List<String> wholes = new ArrayList<>(List.of(
                "x.splitlines(true) | join",
                "x | batch(n) | map('join') | join",
                "x | slice(n) | map('join') | join",
                "x[:n] ~ x[n:]",
                "x[:-n] ~ x[-n:]",
                "x | list | reverse | list | reverse | join"));
        if (!part.isEmpty()) {
            wholes.addAll(List.of(
                    "y.join(x.split(y))",
                    "y.join(x.split(y, n))",
                    "y.join(x.rsplit(y, n))",
                    "x.partition(y) | join",
                    "x.rpartition(y) | join",
                    "x.replace(y, y)"));
            assertThat(value("x.replace(y, 'Q') == 'Q'.join(x.split(y))", given))
                    .isEqualTo("True");
            assertThat(value("x.split(y, n) | length <= n + 1", given)).isEqualTo("True");
        }
        for (String whole : wholes) {
            assertThat(value(whole, given)).as(whole).isEqualTo(text);
        }
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void paddingCountsCodePoints(@ForAll("texts") String text, @ForAll @IntRange(max = 12) int width) {
        int n = characters(text).size();
        for (String padded :
                List.of("x.ljust(n)", "x.rjust(n)", "x.center(n)", "x | center(n)", "x.zfill(n)", "'%*s' % (n, x)")) {
            assertThat(value("(" + padded + ") | length", "x", text, "n", width))
                    .as(padded)
                    .isEqualTo("" + Math.max(n, width));
        }
        assertThat(value("x.ljust(n)", "x", text, "n", width)).isEqualTo(text + " ".repeat(Math.max(0, width - n)));
        assertThat(value("x.rjust(n, '😀')", "x", text, "n", width))
                .isEqualTo("😀".repeat(Math.max(0, width - n)) + text);
    }

    /** {@code sort} is stable, and equal to Java's sort of the same numbers. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void numbersAreSortedUniqueAndSummed(@ForAll @Size(max = 12) List<@IntRange(min = -5, max = 5) Integer> numbers) {
        assertThat(value("x | sort", "x", numbers))
                .isEqualTo(numbers.stream().sorted().toList().toString());
        assertThat(value("x | sort(reverse=true)", "x", numbers))
                .isEqualTo(numbers.stream()
                        .sorted(Collections.reverseOrder())
                        .toList()
                        .toString());
        assertThat(value("x | unique | list", "x", numbers))
                .isEqualTo(numbers.stream().distinct().toList().toString());
        assertThat(value("x | sum", "x", numbers))
                .isEqualTo("" + numbers.stream().mapToInt(Integer::intValue).sum());
        assertThat(value("x | select('odd') | list", "x", numbers))
                .isEqualTo(numbers.stream().filter(n -> n % 2 != 0).toList().toString());
        assertThat(value("x | groupby('real') | map('last') | sum(start=[]) == x | sort", "x", numbers))
                .isEqualTo("True");
        if (!numbers.isEmpty()) {
            assertThat(value("[x | min, x | max]", "x", numbers))
                    .isEqualTo("[" + Collections.min(numbers) + ", " + Collections.max(numbers) + "]");
        }
    }

    /** The variables of a loop, from the indices alone. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void aLoopCountsItsItems(@ForAll @Size(max = 6) List<@From("parts") String> items) {
        String text = Rendered.text(
                "{% for x in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.length }}"
                        + "{{ loop.first }}{{ loop.last }}{{ loop.previtem }}|{{ loop.nextitem }}|{{ loop.cycle('a', 'b') }};"
                        + "{% else %}none{% endfor %}",
                "items", items);

        int n = items.size();
        assertThat(text)
                .isEqualTo(
                        n == 0
                                ? "none"
                                : IntStream.range(0, n)
                                        .mapToObj(i -> "" + (i + 1) + i + (n - i) + (n - i - 1) + n
                                                + (i == 0 ? "True" : "False")
                                                + (i == n - 1 ? "True" : "False") + (i == 0 ? "" : items.get(i - 1))
                                                + "|"
                                                + (i == n - 1 ? "" : items.get(i + 1)) + "|" + (i % 2 == 0 ? "a" : "b")
                                                + ";")
                                        .collect(Collectors.joining()));
    }

    private static List<String> characters(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    /** Few different characters, so that parts occur in texts; two of them are two units of UTF-16 each. */
    @Provide
    Arbitrary<String> texts() {
        return characters(8);
    }

    @Provide
    Arbitrary<String> parts() {
        return characters(2);
    }

    private static Arbitrary<String> characters(int most) {
        return Arbitraries.of("a", "b", "é", "😀", "😁", " ", "\n", "e\u0301")
                .list()
                .ofMaxSize(most)
                .map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<String> bounds() {
        return Arbitraries.integers().between(-11, 11).map(i -> i == 11 ? "" : "" + i);
    }

    @Provide
    Arbitrary<String> steps() {
        return Arbitraries.integers().between(-4, 4).map(i -> i == 0 ? "" : "" + i);
    }
}
