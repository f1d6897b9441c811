package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.PythonObject;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Text;

/** What {@code namespace()} returns: the one object with attributes that a template can set. */
public final class Namespace implements PythonObject {
    private final Dict attributes = new Dict();

    Namespace(Dict attributes) {
        for (Object name : attributes.keys()) {
            check(name);
            this.attributes.put(name, attributes.get(name));
        }
    }

    /** Throws {@link PythonError} for a name that begins with an underscore. */
    public void set(String name, Object value) {
        check(name);
        attributes.put(name, value);
    }

    private static void check(Object name) {
        if (Text.is(name) && Text.of(name).startsWith("_")) {
            throw new PythonError("a namespace cannot have the attribute '" + Text.of(name)
                    + "', as it begins with an underscore; rename it");
        }
    }

    @Override
    public Object attribute(String name) {
        return attributes.get(name);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public String repr() {
        return "<Namespace " + Repr.repr(attributes) + ">";
    }
}
