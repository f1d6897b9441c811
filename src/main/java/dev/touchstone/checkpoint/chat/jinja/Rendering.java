package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import java.util.Map;

/** One run of a template: what it is given, what it may use, and what it has written. */
final class Rendering {
    private final Map<String, Object> given;
    private final Budget budget = new Budget();
    private StringBuilder out = new StringBuilder();

    /** @param given values of Python's types */
    Rendering(Map<String, Object> given) {
        this.given = given;
    }

    /** {@link Missing} for a variable that the template is not given. */
    Object given(String name) {
        return given.getOrDefault(name, Missing.MISSING);
    }

    Budget budget() {
        return budget;
    }

    void write(String text) {
        Budget.size((long) out.length() + text.length());
        out.append(text);
    }

    /** Keeps what is written from now on apart. Returns what was written before, for {@link #capture}. */
    StringBuilder begin() {
        StringBuilder before = out;
        out = new StringBuilder();
        return before;
    }

    /** What was written since {@link #begin}, and goes back to what was written before. */
    String capture(StringBuilder before) {
        String text = out.toString();
        out = before;
        return (String) budget.made(text);
    }

    String text() {
        return out.toString();
    }
}
