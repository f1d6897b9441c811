package dev.touchstone.checkpoint.chat.jinja;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Short forms for tests that render many templates. */
final class Rendered {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-28T22:18:13Z"), ZoneOffset.UTC);

    private Rendered() {}

    /** The text that a template makes of variables, given as names and values by turns. */
    static String text(String source, Object... variables) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            given.put((String) variables[i], variables[i + 1]);
        }
        return Template.parse(source).render(given, CLOCK);
    }

    /** The text that an expression makes. */
    static String value(String expression, Object... variables) {
        return text("{{ " + expression + " }}", variables);
    }
}
