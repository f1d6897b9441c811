package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import java.util.HashMap;
import java.util.Map;

/**
 * The variables of one scope while it runs: of the template, a macro, the body of a loop. A name belongs to the innermost frame
 * whose scope uses it as its own, which {@link Names} has found out from the text.
 */
final class Frame {
    private final Rendering rendering;
    private final Frame parent;
    private final Names names;
    private final Map<String, Object> variables = new HashMap<>();

    private Frame(Rendering rendering, Frame parent, Names names) {
        this.rendering = rendering;
        this.parent = parent;
        this.names = names;
        names.parameters().forEach(name -> variables.put(name, Missing.MISSING));
    }

    /** The outermost one. */
    static Frame of(Rendering rendering, Names names) {
        Frame frame = new Frame(rendering, null, names);
        frame.begin();
        return frame;
    }

    /** A frame for a scope within this one, whose parameters have no values yet. Run {@link #begin} before its body. */
    Frame inner(Names scope) {
        return new Frame(rendering, this, scope);
    }

    /** Gives the variables that are no parameters their first values: the outer ones, or those that the template is given. */
    void begin() {
        names.others().forEach((name, kind) -> {
            Frame outer = parent == null ? null : parent.owner(name);
            if (outer == null) {
                variables.put(name, kind == Names.Kind.ASSIGNED ? Missing.MISSING : rendering.given(name));
            } else if (kind != Names.Kind.READ) {
                variables.put(name, outer.variables.get(name));
            }
        });
    }

    /** Forgets all values. A macro that outlives its loop finds none. */
    void end() {
        variables.replaceAll((name, value) -> Missing.MISSING);
    }

    private Frame owner(String name) {
        Frame frame = this;
        while (frame != null && !frame.variables.containsKey(name)) {
            frame = frame.parent;
        }
        return frame;
    }

    /** {@link Undefined} for a variable without a value. */
    Object get(String name) {
        Object value = getOrMissing(name);
        return value == Missing.MISSING ? Undefined.variable(name) : value;
    }

    Object getOrMissing(String name) {
        Frame owner = owner(name);
        if (owner == null) { // Jinja does not look for variables in the filter of a set block
            throw new PythonError("the variable '" + name + "' is not known here; assign it before");
        }
        return owner.variables.get(name);
    }

    /** Sets a variable of this scope. */
    void set(String name, Object value) {
        variables.put(name, value);
    }

    Rendering rendering() {
        return rendering;
    }

    Budget budget() {
        return rendering.budget();
    }
}
