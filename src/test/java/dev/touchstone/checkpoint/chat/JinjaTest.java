package dev.touchstone.checkpoint.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import jinjava.de.odysseus.el.util.SimpleContext;
import org.junit.jupiter.api.Test;

/** What Jinja 3.1 writes with {@code trim_blocks} and {@code lstrip_blocks}, as transformers sets it. */
class JinjaTest {
    private static final String FOR = "{% for one in list %}{{ one }}{% endfor %}";

    @Test
    void aMinusTakesAwayTheWhiteSpaceBesideIt() {
        writes("a {%- if true -%} b {%- endif -%}  ", "ab");
        writes("a  {{- 'b' -}} \n c", "abc");
        writes("a {#- c -#} b {# d #}\nc {#+ e +#}\n f", "ab c \n f");
        writes("a\t{#- c #} b", "a b");
        writes("a\t{# c -#} b", "a\tb");
        writes("{##}a{#-#} b", "a b");
    }

    @Test
    void aBlockOnALineOfItsOwnLeavesNoLine() {
        writes("x\n  {% if true %}\n  y\n  {% endif %}\nz", "x\n  y\nz");
        writes("  {% if true %}a{% endif %}  \n  {{ 'b' }}\nc\n", "a  \n  b\nc");
        writes("{% if true %}\n\n  {% if true %}a{% endif %}{% endif %}", "\na");
    }

    @Test
    void aPlusLeavesTheLineAsItIs() {
        writes("x\n  {%+ if true %}\n  y\n  {%+ endif +%}\nz", "x\n    y\n  \nz");
    }

    @Test
    void indentationIsWhatStandsAtTheBeginningOfALine() {
        writes("x  {% if true %}a{% endif %}", "x  a");
        writes("{# c #}  {% if true %}a{% endif %}", "  a");
        writes("{{ 'a' }}  {% if true %}b{% endif %}", "a  b");
    }

    @Test
    void anEndInQuotesIsNone() {
        writes("{% set x = 'a-%}b' %}{{ x }}", "a-%}b");
    }

    @Test
    void charactersHaveTheirPlacesFromEitherEnd() {
        writes("{{ 'abc'[0] }}{{ 'abc'[2] }}{{ 'abc'[3] }}{{ 'abc'[-1] }}{{ 'abc'[-3] }}{{ 'abc'[-4] }}|", "acca|");
    }

    /** Without templates, as they share one engine that is made only once. */
    @Test
    void whatIsNoStringIsLeftToJinjava() {
        assertThat(new JinjaStrings().getValue(new SimpleContext(), Map.of("a", 7), "a"))
                .isEqualTo(7);
    }

    @Test
    void listsAndObjectsBecomeJsonAsPythonWritesIt() {
        writes("{{ {'a': [1, true, none, 'é\"']} | tojson }}", "{\"a\": [1, true, null, \"é\\\"\"]}");
        writes("{{ [] | tojson }}{{ {} | tojson }}{{ 'x' | tojson }}{{ 3 | tojson }}", "[]{}\"x\"3");
    }

    @Test
    void whatStandsAtTheEndsOfAStringIsTakenAwayAsPythonDoes() {
        writes("{{ ' a ' | trim }}|{{ 'xxaxx' | trim('x') }}|{{ 3 | trim }}", "a|a|3");
        writes("{{ 'xxaxx'.strip('x') }} {{ 'xxaxx'.lstrip('x') }} {{ 'xxaxx'.rstrip('x') }}", "a axx xxa");
        writes("|{{ 'xx'.strip('x') }}|{{ ''.strip() }}|{{ ' \t'.rstrip() }}|{{ ' \t'.lstrip() }}|", "|||||");
    }

    @Test
    void theLineThatCannotBeUsedIsSaid() {
        assertThatThrownBy(() -> Jinja.render("{% if %}", Map.of()))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("the chat template cannot be used, in line 1: ");
        assertThatThrownBy(() -> Jinja.render("a\n{% if %}", Map.of()))
                .hasMessageStartingWith("the chat template cannot be used, in line 2: ");
    }

    @Test
    void whoeverIsInterruptedWaitsNoLongerAndStaysInterrupted() {
        CountDownLatch end = new CountDownLatch(1);
        List<String> slow = listOf(() -> {
            end.await();
            return "";
        });
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Jinja.render(FOR, Map.of("list", slow)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the chat template was interrupted");
        assertThat(Thread.interrupted()).isTrue();
        end.countDown();
    }

    /** A thread is a daemon if the one that makes it is, which is why that one must not be. */
    @Test
    void aTemplateWithoutEndDoesNotKeepTheProgramFromLeaving() throws InterruptedException {
        List<String> daemon = listOf(() -> Thread.currentThread().isDaemon() ? "daemon" : "not");
        AtomicReference<String> text = new AtomicReference<>();
        Thread caller = new Thread(() -> text.set(Jinja.render(FOR, Map.of("list", daemon))));
        caller.setDaemon(false);

        caller.start();
        caller.join();

        assertThat(text).hasValue("daemon");
    }

    /** A list of one string, which is made when the template comes to it. */
    private static List<String> listOf(Callable<String> string) {
        return new AbstractList<>() {
            @Override
            public String get(int index) {
                try {
                    return string.call();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }

    private static void writes(String template, String text) {
        assertThat(Jinja.render(template, Map.of())).as(template).isEqualTo(text);
    }
}
