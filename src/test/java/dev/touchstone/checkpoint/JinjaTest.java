package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.TouchstoneException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jinjava.de.odysseus.el.util.SimpleContext;
import org.junit.jupiter.api.Test;

/** What Jinja 3.1 writes with {@code trim_blocks} and {@code lstrip_blocks}, as transformers sets it. */
class JinjaTest {
    private static final String SLOW = "{% for a in range(300) %}{% for b in range(300) %}{% endfor %}{% endfor %}";

    @Test
    void aMinusTakesAwayTheWhiteSpaceBesideIt() {
        writes("a {%- if true -%} b {%- endif -%}  ", "ab");
        writes("a  {{- 'b' -}} \n c", "abc");
        writes("a {#- c -#} b {# d #}\nc {#+ e +#}\n f", "ab c \n f");
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
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Jinja.render(SLOW, Map.of()))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the chat template was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    /** A thread is a daemon if the one that makes it is, which is why that one must not be. */
    @Test
    void aTemplateWithoutEndDoesNotKeepTheProgramFromLeaving() {
        Thread caller = new Thread(() -> Jinja.render(SLOW, Map.of()));
        caller.setDaemon(false);
        Set<Thread> found = Set.of();

        caller.start();
        while (found.isEmpty() && caller.isAlive()) {
            found = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("chat template"))
                    .collect(Collectors.toSet());
        }

        assertThat(found).isNotEmpty().allMatch(Thread::isDaemon);
    }

    private static void writes(String template, String text) {
        assertThat(Jinja.render(template, Map.of())).as(template).isEqualTo(text);
    }
}
