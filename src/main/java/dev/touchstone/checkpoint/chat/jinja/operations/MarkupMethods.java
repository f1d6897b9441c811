package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The methods of {@code str} for a text that is marked as safe: they escape what they put in, and return such texts. */
final class MarkupMethods {
    /** Methods whose result is a text, or several, of the same kind. */
    private static final Set<String> SAME_KIND = Set.of(
            "split",
            "rsplit",
            "splitlines",
            "capitalize",
            "title",
            "lower",
            "upper",
            "replace",
            "ljust",
            "rjust",
            "lstrip",
            "rstrip",
            "center",
            "strip",
            "translate",
            "expandtabs",
            "swapcase",
            "zfill",
            "casefold",
            "removeprefix",
            "removesuffix",
            "partition",
            "rpartition",
            "join",
            "format",
            "format_map");

    /** The argument that is escaped, counted after the text itself. */
    private static final List<String> ESCAPE_SECOND = List.of("replace", "ljust", "rjust", "center");

    private MarkupMethods() {}

    /** Null if there is none of that name. */
    static Function get(Markup self, String name) {
        if (name.equals("unescape") || name.equals("striptags")) {
            return call -> name.equals("unescape") ? Html.unescape(self.text()) : Html.withoutTags(self.text());
        }
        Function method = StringMethods.ALL.get(name);
        if (method == null || !SAME_KIND.contains(name)) {
            return method == null ? null : method.boundTo(self);
        }
        return call -> marked(
                name.startsWith("format")
                        ? format(self, name, call)
                        : method.boundTo(self).call(escaped(name, call)));
    }

    private static Object format(Markup self, String name, Call call) {
        BraceFormat format = name.equals("format")
                ? new BraceFormat(call.positional(), BraceFormat.fields(call.named()), true)
                : new BraceFormat(
                        List.of(), BraceFormat.elements(call.positional().get(0)), true);
        return format.format(self.text());
    }

    private static Call escaped(String name, Call call) {
        List<Object> arguments = new ArrayList<>(call.positional());
        if (ESCAPE_SECOND.contains(name) && arguments.size() > 1) {
            arguments.set(1, Markup.escape(arguments.get(1)));
        } else if (name.equals("join") && arguments.size() == 1) {
            List<Object> parts = Values.list(arguments.get(0));
            parts.replaceAll(Markup::escape);
            arguments.set(0, parts);
        }
        return new Call(call.budget(), arguments, call.named());
    }

    private static Object marked(Object result) {
        if (result instanceof List<?> list) {
            List<Object> marked = new ArrayList<>();
            list.forEach(item -> marked.add(marked(item)));
            return marked;
        }
        if (result instanceof Tuple tuple) {
            return Tuple.of(Values.list(marked(tuple.items())));
        }
        return new Markup(Text.of(result));
    }
}
