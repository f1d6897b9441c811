package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro as a value: it can be called, and returns what it writes.
 *
 * @param scope the frame that it is defined in
 */
record Macro(MacroBody body, Frame scope) implements Function {
    @Override
    public Object call(Call call) {
        Frame frame = scope.inner(body.names());
        List<Target.Variable> parameters = body.parameters();
        Map<String, Object> named = new LinkedHashMap<>(call.named());
        int given = Math.min(parameters.size(), call.positional().size());
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i).name();
            if (i < given) {
                frame.set(name, call.positional().get(i));
            } else if (named.containsKey(name)) {
                frame.set(name, named.remove(name));
            }
        }
        if (body.reads("caller")) {
            Object caller = named.remove("caller");
            frame.set("caller", caller == null ? Undefined.because("No caller defined") : caller);
        }
        bindRest(call.positional().subList(given, call.positional().size()), named, frame);
        return body.render(frame);
    }

    private void bindRest(List<Object> positional, Map<String, Object> named, Frame frame) {
        if (body.reads("kwargs")) {
            Dict kwargs = new Dict();
            named.forEach(kwargs::put);
            frame.set("kwargs", kwargs);
        } else if (!named.isEmpty()) {
            throw new PythonError("macro '" + body.name() + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
        if (body.reads("varargs")) {
            frame.set("varargs", Tuple.of(positional));
        } else if (!positional.isEmpty()) {
            throw new PythonError("macro '" + body.name() + "' takes not more than "
                    + body.parameters().size() + " argument(s)");
        }
    }

    /** Gives a parameter without an argument its default. */
    static void setDefault(MacroBody body, int parameter, Frame frame) {
        String name = body.parameters().get(parameter).name();
        if (frame.getOrMissing(name) == Missing.MISSING) {
            Expression otherwise = body.defaultOf(parameter);
            frame.set(
                    name,
                    otherwise == null
                            ? Undefined.because("parameter '" + name + "' was not provided")
                            : otherwise.value(frame));
        }
    }

    @Override
    public Object attribute(String name) {
        return switch (name) {
            case "name" -> body.name();
            case "arguments" ->
                Tuple.of(body.parameters().stream()
                        .<Object>map(Target.Variable::name)
                        .toList());
            case "catch_kwargs" -> body.reads("kwargs");
            case "catch_varargs" -> body.reads("varargs");
            case "caller" -> body.readsCaller();
            case "explicit_caller" -> body.hasParameter("caller");
            default -> Missing.MISSING;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public String repr() {
        return body.name() == null ? "<Macro anonymous>" : "<Macro '" + body.name() + "'>";
    }
}
