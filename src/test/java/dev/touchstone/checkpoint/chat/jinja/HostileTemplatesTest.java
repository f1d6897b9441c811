package dev.touchstone.checkpoint.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.touchstone.support.RunsBesideOthers;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A template from a stranger ends, within bounds, and what is wrong with it is named with its line. */
@RunsBesideOthers
class HostileTemplatesTest {
    private static final String RANGE = "{% for i in range(100000) %}";
    private static final String END = "{% endfor %}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                RANGE + RANGE + RANGE + END + END + END,
                RANGE + RANGE + "x" + END + END,
                "{% set ns = namespace(t='x') %}" + RANGE + "{% set ns.t = ns.t ~ ns.t %}" + END,
                "{% set ns = namespace(l=[1]) %}" + RANGE + "{% set ns.l = ns.l + ns.l %}" + END,
                "{% set ns = namespace(l=[]) %}" + RANGE + "{% set ns.l = [ns.l] %}" + END + "{{ ns.l }}",
                "{% set ns = namespace(l=[]) %}" + RANGE + "{% set ns.l = [ns.l] %}" + END + "{{ ns.l | tojson }}",
                "{% set ns = namespace(l=[]) %}" + RANGE + "{% set ns.l = ns.l + ['x' * 100000] %}" + END,
                "{{ range(100000) | map('string') | map('center', 1000000) | list }}",
                "{{ 'x' * 10000000000 }}",
                "{{ [0] * 10000000000 }}",
                "{{ 'x'.center(1000000000) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '{:>999999999}'.format(1) }}",
                "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}",
                "{{ 10 ** 10000000000 }}",
                "{{ (9 ** 99999) ** 99999 }}",
                "{{ 10 ** 5000 }}",
                "{{ range(100001) }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{{ lipsum() }}",
                "{{ [1] | random }}",
                "{{ [1] | map('upper') }}",
                "{{ ''.upper }}",
            })
    void endsWithOneLineThatSaysWhy(String source) {
        TemplateException e = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> catchThrowableOfType(
                        TemplateException.class,
                        () -> Template.parse(source).render(Map.of(), Clock.systemDefaultZone())));

        assertThat(e).as(source).isNotNull();
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").doesNotContain("Exception");
    }

    @Test
    void deepNestingEndsToo() {
        for (String[] part : new String[][] {{"(", ")"}, {"[", "]"}, {"-", ""}, {"not ", ""}, {"1 if ", " else 2"}}) {
            String deep = "{{ " + part[0].repeat(20_000) + "1" + part[1].repeat(20_000) + " }}";

            assertThatThrownBy(() -> Template.parse(deep)).as(part[0]).isInstanceOf(TemplateException.class);
        }
        assertThatThrownBy(() -> Template.parse("{% if 1 %}".repeat(20_000))).isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> Template.parse("{{ 1" + " + 1".repeat(200_000) + " }}")
                        .render(Map.of(), Clock.systemDefaultZone()))
                .isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "2 ! `a\n{{ x | nope }}` ! No filter named 'nope'",
                "2 ! `a\n{{ x is nope }}` ! No test named 'nope'",
                "3 ! `a\n\n{% nope %}` ! unknown tag 'nope'",
                "2 ! `a\n{{ nope() }}` ! 'nope' is undefined",
                "2 ! `a\n{{ x.nope() }}` ! 'str object' has no attribute 'nope'",
                "2 ! `a\n{{ [] + 1 }}` ! unsupported operand type(s) for +: 'list' and 'int'",
                "2 ! `{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n\n{{ m() }}` ! division by zero",
                "1 ! `{% block a %}{% endblock %}` ! the tag 'block' is not supported",
                "1 ! `{% if true %}` ! the template ends before the tag elif or else or endif",
                "1 ! `{% break %}` ! break or continue outside of a loop",
                "1 ! `{{ 'x'.encode() }}` ! str.encode is not supported",
                "1 ! `{{ x._y() }}` ! 'str object' has no attribute '_y'",
            })
    void theThingAndTheLineAreNamed(int line, String source, String message) {
        TemplateException e = catchThrowableOfType(
                TemplateException.class,
                () -> Template.parse(source).render(Map.of("x", "text"), Clock.systemDefaultZone()));

        assertThat(e).hasMessageContaining(message);
        assertThat(e.line()).isEqualTo(line);
    }

    @Test
    void aTemplateSeesNothingOfTheProgram() {
        assertThat(Template.parse("[{{ x.class }}{{ x.__class__ }}{{ x.getClass }}{{ m.keySet }}]")
                        .render(Map.of("x", "text", "m", Map.of("a", 1)), Clock.systemDefaultZone()))
                .isEqualTo("[]");
    }
}
