package dev.touchstone.checkpoint.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Assertions;

/** Whatever a template is, it becomes a text or an error of one line, the same each time, within bounds. */
class AnyTemplateTest {
    /** The most characters that a text may have. */
    private static final int LARGEST = 1 << 24;

    private static final AtomicInteger TEXTS = new AtomicInteger();
    private static final AtomicInteger ERRORS = new AtomicInteger();

    @Property(tries = 4000, edgeCases = EdgeCasesMode.NONE)
    void endsInTheSameWayEachTime(@ForAll("templates") String source) {
        String first = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> outcome(source));

        assertThat(outcome(source)).isEqualTo(first);
    }

    private static String outcome(String source) {
        Map<String, Object> message = Map.of("role", "user", "content", "Hello 😀");
        try {
            String text = Rendered.text(
                    source, "messages", List.of(message, message), "x", 3, "s", "a b", "n", Map.of("k", 1.5));
            assertThat(text.length()).isLessThanOrEqualTo(LARGEST);
            TEXTS.incrementAndGet();
            return "text " + text;
        } catch (TemplateException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").doesNotContain("Exception");
            ERRORS.incrementAndGet();
            return "error in line " + e.line() + ": " + e.getMessage();
        }
    }

    /** Or the test would say nothing. */
    @AfterContainer
    static void bothOccur() {
        assertThat(TEXTS.get()).isGreaterThan(1000);
        assertThat(ERRORS.get()).isGreaterThan(1000);
    }

    @Provide
    Arbitrary<String> templates() {
        Arbitrary<String> statements = Arbitraries.of(
                "{% if ",
                "{% elif ",
                "{% else %}",
                "{% endif %}",
                "{% for m in ",
                "{% for k, v in ",
                "{% endfor %}",
                "{% set y = ",
                "{% set y %}",
                "{% endset %}",
                "{% macro f(a, b=1) %}",
                "{% endmacro %}",
                "{% call f(1) %}",
                "{% endcall %}",
                "{% filter upper %}",
                "{% endfilter %}",
                "{% raw %}",
                "{% endraw %}",
                "{% with z = ",
                "{% endwith %}",
                "{% break %}",
                "{% continue %}",
                "{#",
                "#}",
                "{{ ",
                "{{- ",
                " }}",
                " -}}",
                " %}",
                "-%}",
                "{% generation %}",
                "{% endgeneration %}",
                "\n",
                "  ",
                "text ");
        Arbitrary<String> words = Arbitraries.of(
                "messages",
                "x",
                "s",
                "n",
                "y",
                "m",
                "loop",
                "k",
                "v",
                "f(",
                ")",
                "[",
                "]",
                "{",
                "}",
                ":",
                ",",
                ".",
                "|",
                "role",
                "content",
                "items()",
                "upper()",
                "split",
                "join",
                "tojson",
                "length",
                "map('upper')",
                "range(5)",
                "namespace(a=1)",
                "1",
                "2.5",
                "'t'",
                "\"é\"",
                "true",
                "none",
                "==",
                "<",
                "in",
                "not",
                "is",
                "and",
                "or",
                "if",
                "else",
                "defined",
                "+",
                "-",
                "*",
                "/",
                "//",
                "%",
                "**",
                "~",
                "(",
                "raise_exception('no')",
                "caller()",
                "index",
                "0",
                "10 ** 9",
                "'x' * 99999",
                "strftime_now('%Y')");
        Arbitrary<String> sound = Arbitraries.of(
                "{{ x }}",
                "{{ s | upper }}",
                "{{ messages | tojson }}",
                "{{ n.k }}",
                "{% if x %}",
                "{% endif %}",
                "{% for m in messages %}",
                "{% for i in range(3) %}",
                "{% endfor %}",
                "{{ m.content }}",
                "{{ loop.index }}",
                "{% set y = x * 2 %}",
                "{{ y }}",
                "{% else %}",
                "{{ messages[0]['role'] ~ '\\n' }}",
                " text\n");
        Arbitrary<String> mixed = Arbitraries.frequencyOf(
                        Tuple.of(3, statements), Tuple.of(4, words.map(word -> word + " ")), Tuple.of(3, sound))
                .list()
                .ofMinSize(1)
                .ofMaxSize(14)
                .map(parts -> String.join("", parts));
        Arbitrary<String> nested = sound.list().ofMaxSize(10).map(AnyTemplateTest::closed);
        return Arbitraries.oneOf(mixed, nested);
    }

    /** The parts without ends that have no beginning, and with the ends that are missing. */
    private static String closed(List<String> parts) {
        List<String> open = new ArrayList<>();
        StringBuilder source = new StringBuilder();
        for (String part : parts) {
            if (part.startsWith("{% if") || part.startsWith("{% for")) {
                open.add(part.startsWith("{% if") ? "{% endif %}" : "{% endfor %}");
            } else if (part.startsWith("{% e")) {
                continue;
            }
            source.append(part);
        }
        for (int i = open.size() - 1; i >= 0; i--) {
            source.append(open.get(i));
        }
        return source.toString();
    }
}
