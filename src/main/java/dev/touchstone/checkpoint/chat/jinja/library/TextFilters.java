package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.operations.Attributes;
import dev.touchstone.checkpoint.chat.jinja.operations.Case;
import dev.touchstone.checkpoint.chat.jinja.operations.Html;
import dev.touchstone.checkpoint.chat.jinja.operations.Operators;
import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Ordering;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Slice;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Filters that make text of a text. */
final class TextFilters {
    private static final Pattern WORD_BEGINNINGS = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern ATTRIBUTE_END = Pattern.compile("[\\s/>=]");

    static final Functions ALL = new Functions()
            .add("capitalize", "s", method("capitalize"))
            .add("lower", "s", method("lower"))
            .add("upper", "s", method("upper"))
            .add("title", "s", a -> same(a.get("s"), title(a.str("s"))))
            .add("trim", "value, chars=None", a -> call(soft(a.get("value")), "strip", a, a.get("chars")))
            .add("center", "value, width=80", a -> call(soft(a.get("value")), "center", a, a.get("width")))
            .add("replace", "s, old, new, count=None", TextFilters::replace)
            .add("indent", "s, width=4, first=False, blank=False", TextFilters::indent)
            .add("truncate", "s, length=255, killwords=False, end='...', leeway=None", TextFilters::truncate)
            .add("wordcount", "s", a -> BigInteger.valueOf(words(a.str("s"))))
            .add("format", "value, /, *args, **kwargs", TextFilters::format)
            .add("string", "s", a -> soft(a.get("s")))
            .add("safe", "value", a -> new Markup(a.str("value")))
            .add("escape", "s", a -> Markup.escape(a.get("s")))
            .alias("e", "escape")
            .add("forceescape", "value", a -> Markup.escape(a.str("value")))
            .add("striptags", "value", a -> Html.withoutTags(a.str("value")))
            .add("urlencode", "value", a -> urlEncode(a.get("value")))
            .add("xmlattr", "d, autospace=True", TextFilters::attributes);

    private TextFilters() {}

    /** {@code str(value)}, but a text that is marked as safe stays so. */
    private static Object soft(Object value) {
        return Text.is(value) ? value : Repr.str(value);
    }

    private static Functions.Body method(String name) {
        return a -> call(soft(a.get("s")), name, a);
    }

    private static Object call(Object text, String method, Arguments a, Object... arguments) {
        return ((Function) Attributes.attribute(text, method)).call(Call.of(a.budget(), arguments));
    }

    private static Object same(Object like, String text) {
        return like instanceof Markup ? new Markup(text) : text;
    }

    /** The first letter of each word in upper case, the others in lower case. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        Matcher beginning = WORD_BEGINNINGS.matcher(text);
        int start = 0;
        while (beginning.find()) {
            out.append(titleWord(text.substring(start, beginning.start()))).append(beginning.group());
            start = beginning.end();
        }
        return out.append(titleWord(text.substring(start))).toString();
    }

    private static String titleWord(String word) {
        int first = word.isEmpty() ? 0 : Character.charCount(word.codePointAt(0));
        return Case.upper(word.substring(0, first)) + Case.lower(word.substring(first));
    }

    private static String replace(Arguments a) {
        int count = a.has("count") ? a.integer("count") : -1;
        return Text.replace(a.str("s"), a.str("old"), a.str("new"), count);
    }

    private static Object indent(Arguments a) {
        Object text = Operators.binary(a.get("s"), "+", "\n");
        List<Object> lines = Text.lines(Text.of(text), false);
        String indent = Text.is(a.get("width")) ? a.text("width") : " ".repeat(Math.max(0, a.integer("width")));
        String first = a.truth("first") ? indent : "";
        String indented = lines.stream()
                .skip(1)
                .map(line -> "\n" + (line.equals("") && !a.truth("blank") ? "" : indent) + line)
                .collect(Collectors.joining());
        return same(text, first + lines.get(0) + indented);
    }

    private static Object truncate(Arguments a) {
        Object length = a.get("length");
        Object leeway = a.has("leeway") ? a.get("leeway") : BigInteger.valueOf(5);
        BigInteger end = BigInteger.valueOf(Values.length(a.get("end")));
        if (Ordering.holds(length, "<", end) || Ordering.holds(leeway, "<", BigInteger.ZERO)) {
            throw new PythonError("truncate: expected length >= " + end + ", got " + Repr.str(length));
        }
        Object text = a.get("s");
        BigInteger size = BigInteger.valueOf(Values.length(text));
        if (Ordering.holds(size, "<=", Operators.binary(length, "+", leeway))) {
            return text;
        }
        Object cut = new Slice(null, Operators.binary(length, "-", end), null).of(text);
        if (!a.truth("killwords")) {
            int space = Text.of(cut).lastIndexOf(' ');
            cut = same(cut, space < 0 ? Text.of(cut) : Text.of(cut).substring(0, space));
        }
        return Operators.binary(cut, "+", a.get("end"));
    }

    private static int words(String text) {
        int words = 0;
        boolean within = false;
        for (int c : text.codePoints().toArray()) {
            boolean letter = c == '_'
                    || Character.isLetterOrDigit(c)
                    || Character.getType(c) == Character.OTHER_NUMBER
                    || Character.getType(c) == Character.LETTER_NUMBER;
            words += letter && !within ? 1 : 0;
            within = letter;
        }
        return words;
    }

    private static Object format(Arguments a) {
        Map<String, Object> named = a.namedRest("kwargs");
        if (!named.isEmpty() && !a.rest("args").isEmpty()) {
            throw new PythonError("can't handle positional and keyword arguments at the same time");
        }
        Dict dict = new Dict();
        named.forEach(dict::put);
        return Operators.binary(soft(a.get("value")), "%", named.isEmpty() ? Tuple.of(a.rest("args")) : dict);
    }

    private static String urlEncode(Object value) {
        if (Text.is(value) || !Values.isIterable(value)) {
            return quote(Repr.str(value), "/");
        }
        List<Object> pairs = value instanceof Dict dict ? dict.items() : Values.list(value);
        List<String> fields = new ArrayList<>();
        for (Object pair : pairs) {
            List<Object> parts = Values.list(pair);
            if (parts.size() != 2) {
                throw new PythonError("urlencode: pairs expected, got " + parts.size() + " values");
            }
            fields.add(parts.stream()
                    .map(part -> quote(Repr.str(part), "").replace("%20", "+"))
                    .collect(Collectors.joining("=")));
        }
        return String.join("&", fields);
    }

    /** Python's {@code urllib.parse.quote}. */
    private static String quote(String text, String safe) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
            if (plain || ("_.-~" + safe).indexOf(b) >= 0) {
                out.append((char) b);
            } else {
                out.append(String.format("%%%02X", b & 0xFF));
            }
        }
        return out.toString();
    }

    private static String attributes(Arguments a) {
        if (!(a.get("d") instanceof Dict dict)) {
            throw new PythonError("xmlattr needs a dict, not '" + Values.typeName(a.get("d")) + "'");
        }
        List<String> written = new ArrayList<>();
        for (Object key : dict.keys()) {
            Object value = dict.get(key);
            if (value == null || value instanceof Undefined) {
                continue;
            }
            if (ATTRIBUTE_END.matcher(Text.of(key)).find()) {
                throw new PythonError("Invalid character in attribute name: " + Repr.repr(key));
            }
            written.add(Markup.escape(key).text() + "=\"" + Markup.escape(value).text() + "\"");
        }
        return (a.truth("autospace") && !written.isEmpty() ? " " : "") + String.join(" ", written);
    }
}
