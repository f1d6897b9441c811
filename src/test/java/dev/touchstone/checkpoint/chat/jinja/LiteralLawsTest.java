package dev.touchstone.checkpoint.chat.jinja;

import static dev.touchstone.checkpoint.chat.jinja.Rendered.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.tokenizer.Texts;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** Values that are written and read again, and arithmetic against that of {@link BigInteger}. */
class LiteralLawsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@code eval(repr(x)) == x}, as of Python. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void theReprOfAValueIsALiteralOfIt(@ForAll("values") Object value) {
        List<Object> one = Collections.singletonList(value);
        String literal = value("x", "x", one);

        assertThat(value(literal + " == x", "x", one)).as(literal).isEqualTo("True");
        assertThat(value(literal)).isEqualTo(literal);
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void jsonThatIsWrittenIsReadAsTheSame(@ForAll("values") Object value) throws IOException {
        Object expected = JSON.readTree(JSON.writeValueAsString(value));

        for (String how : List.of("", "(indent=2)", "(indent=0)", "(ensure_ascii=true)", "(separators=(',', ':'))")) {
            String json = value("x | tojson" + how, "x", value);

            assertThat(JSON.readTree(json)).as(json).isEqualTo(expected);
        }
        assertThat(value("x | tojson(ensure_ascii=true)", "x", value).chars().allMatch(c -> c < 128))
                .isTrue();
    }

    /** Sorted keys have the order of code points; the rest of the text stays the same. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void sortedKeysAreInOrder(@ForAll @Size(max = 8) List<@From("texts") String> keys) throws IOException {
        TreeMap<String, Object> sorted = new TreeMap<>(LiteralLawsTest::byCodePoints);
        keys.forEach(key -> sorted.put(key, key.length()));
        Map<String, Object> given = new LinkedHashMap<>();
        keys.forEach(key -> given.put(key, key.length()));

        assertThat(value("x | tojson(sort_keys=true)", "x", given)).isEqualTo(value("x | tojson", "x", sorted));
        assertThat(value("x | list | sort(case_sensitive=true)", "x", given))
                .isEqualTo(value("x", "x", new ArrayList<>(sorted.keySet())));
        assertThat(value("x | dictsort(true)", "x", given)).isEqualTo(value("x.items() | list", "x", sorted));
    }

    private static int byCodePoints(String a, String b) {
        int[] as = a.codePoints().toArray();
        int[] bs = b.codePoints().toArray();
        return Arrays.compare(as, bs);
    }

    /** {@code a == (a // b) * b + a % b}, where the quotient is rounded down: the sign of the rest is that of b. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void wholeNumbersOfAnySizeAreExact(@ForAll("integers") BigInteger a, @ForAll("integers") BigInteger b) {
        assertThat(value("a + b", "a", a, "b", b)).isEqualTo("" + a.add(b));
        assertThat(value("a - b", "a", a, "b", b)).isEqualTo("" + a.subtract(b));
        assertThat(value("a * b", "a", a, "b", b)).isEqualTo("" + a.multiply(b));
        assertThat(value("-a", "a", a)).isEqualTo("" + a.negate());
        assertThat(value("[a < b, a == b, a >= b]", "a", a, "b", b))
                .isEqualTo(("[" + (a.compareTo(b) < 0) + ", " + a.equals(b) + ", " + (a.compareTo(b) >= 0) + "]")
                        .replace("t", "T")
                        .replace("f", "F"));
        if (b.signum() != 0) {
            BigInteger[] truncated = a.divideAndRemainder(b);
            boolean down = truncated[1].signum() != 0 && truncated[1].signum() != b.signum();
            assertThat(value("a // b", "a", a, "b", b))
                    .isEqualTo("" + (down ? truncated[0].subtract(BigInteger.ONE) : truncated[0]));
            assertThat(value("a % b", "a", a, "b", b)).isEqualTo("" + (down ? truncated[1].add(b) : truncated[1]));
        }
        int exponent = b.abs().mod(BigInteger.valueOf(40)).intValue();
        assertThat(value("a ** b", "a", a, "b", exponent)).isEqualTo("" + a.pow(exponent));
        assertThat(value("(a | string) | int == a", "a", a)).isEqualTo("True");
        assertThat(value("'%d' % a", "a", a)).isEqualTo("" + a);
        assertThat(value("'{:,}'.format(a)", "a", a)).isEqualTo(String.format(Locale.ROOT, "%,d", a));
        assertThat(value("'%x' % a", "a", a)).isEqualTo(a.toString(16));
    }

    /** Floats are written with the fewest digits from which they can be read again. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void floatsAreReadAsTheyWereWritten(@ForAll double x) {
        String written = value("x", "x", x);

        assertThat(Double.parseDouble(written)).isEqualTo(x);
        assertThat(written.replaceAll("e.*", "").replaceAll("\\D", "").length()).isLessThanOrEqualTo(24);
        assertThat(value("(x | string) | float == x", "x", x)).isEqualTo("True");
        assertThat(value("x == y", "x", x, "y", x)).isEqualTo("True");
    }

    @Provide
    Arbitrary<BigInteger> integers() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(-20, 20).map(BigInteger::valueOf),
                Arbitraries.longs().map(BigInteger::valueOf),
                Arbitraries.bigIntegers().between(BigInteger.TWO.pow(130).negate(), BigInteger.TWO.pow(130)));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Texts.hostile(),
                Arbitraries.of(
                        "'", "\"", "'\"", "\\", "\\n", "{{", "}}", "{% x %}", "#}", "\u0000", "\u2028", "\ufffd"),
                Arbitraries.strings()
                        .ofMaxLength(4)
                        .filter(text -> text.codePoints().noneMatch(c -> c >= 0xD800 && c < 0xE000)));
    }

    /** What JSON can hold. */
    @Provide
    Arbitrary<Object> values() {
        Arbitrary<Object> leaves = Arbitraries.frequencyOf(
                Tuple.of(3, texts().map(text -> text)),
                Tuple.of(2, integers().map(number -> number)),
                Tuple.of(2, Arbitraries.doubles().map(number -> number)),
                Tuple.of(1, Arbitraries.of(true, false)),
                Tuple.of(1, Arbitraries.just(null)));
        return Arbitraries.recursive(
                () -> leaves,
                inner -> Arbitraries.oneOf(
                        inner.list().ofMaxSize(3).map(list -> list),
                        Arbitraries.maps(texts(), inner).ofMaxSize(3).map(map -> map)),
                0,
                3);
    }
}
