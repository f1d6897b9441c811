package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import java.math.BigInteger;
import java.util.List;

/** The methods of Python's {@code str} that look for another string, and those that split there. */
final class StringSearch {
    static final Functions METHODS = new Functions()
            .add("count", "self, sub, start=None, end=None, /", a -> BigInteger.valueOf(count(a)))
            .add("find", "self, sub, start=None, end=None, /", a -> BigInteger.valueOf(find(a, false)))
            .add("rfind", "self, sub, start=None, end=None, /", a -> BigInteger.valueOf(find(a, true)))
            .add("index", "self, sub, start=None, end=None, /", a -> BigInteger.valueOf(found(find(a, false))))
            .add("rindex", "self, sub, start=None, end=None, /", a -> BigInteger.valueOf(found(find(a, true))))
            .add("startswith", "self, prefix, start=None, end=None, /", a -> hasEnd(a, "prefix"))
            .add("endswith", "self, suffix, start=None, end=None, /", a -> hasEnd(a, "suffix"))
            .add("split", "self, /, sep=None, maxsplit=-1", StringSearch::split)
            .add("rsplit", "self, /, sep=None, maxsplit=-1", StringSearch::splitFromRight)
            .add("splitlines", "self, /, keepends=False", a -> Text.lines(a.text("self"), a.truth("keepends")))
            .add("partition", "self, sep, /", a -> partition(a.text("self"), separator(a)))
            .add("rpartition", "self, sep, /", a -> partitionFromRight(a.text("self"), separator(a)));

    private StringSearch() {}

    /** The characters from {@code start} to {@code end}; null if the start is after the end. */
    private record Part(String text, int start) {
        static Part of(Arguments a) {
            String text = a.text("self");
            int length = Text.length(text);
            int start = a.has("start") ? place(Numbers.bound(a.get("start")), length) : 0;
            int end = a.has("end") ? Math.min(place(Numbers.bound(a.get("end")), length), length) : length;
            return start > end ? null : new Part(Text.substring(text, start, end), start);
        }

        private static int place(int index, int length) {
            return index < 0 ? Math.max(0, index + length) : index;
        }
    }

    private static int find(Arguments a, boolean fromRight) {
        String sub = a.text("sub");
        Part part = Part.of(a);
        int offset = part == null ? -1 : fromRight ? part.text.lastIndexOf(sub) : part.text.indexOf(sub);
        return offset < 0 ? -1 : part.start + part.text.codePointCount(0, offset);
    }

    private static int found(int index) {
        if (index < 0) {
            throw new PythonError("substring not found");
        }
        return index;
    }

    private static int count(Arguments a) {
        String sub = a.text("sub");
        Part part = Part.of(a);
        if (part == null) {
            return 0;
        }
        return sub.isEmpty()
                ? Text.length(part.text) + 1
                : Text.parts(part.text, sub, -1).size() - 1;
    }

    private static boolean hasEnd(Arguments a, String name) {
        List<Object> ends = a.get(name) instanceof Tuple tuple ? tuple.items() : List.of(a.text(name));
        Part part = Part.of(a);
        return part != null
                && ends.stream()
                        .map(Text::of)
                        .anyMatch(end -> name.equals("prefix") ? part.text.startsWith(end) : part.text.endsWith(end));
    }

    private static List<Object> split(Arguments a) {
        return a.has("sep")
                ? Text.parts(a.text("self"), separator(a), a.integer("maxsplit"))
                : Text.words(a.text("self"), a.integer("maxsplit"));
    }

    private static List<Object> splitFromRight(Arguments a) {
        return a.has("sep")
                ? Text.partsFromRight(a.text("self"), separator(a), a.integer("maxsplit"))
                : Text.wordsFromRight(a.text("self"), a.integer("maxsplit"));
    }

    private static String separator(Arguments a) {
        if (a.text("sep").isEmpty()) {
            throw new PythonError("empty separator");
        }
        return a.text("sep");
    }

    private static Tuple partition(String text, String separator) {
        int found = text.indexOf(separator);
        return found < 0
                ? Tuple.of(text, "", "")
                : Tuple.of(text.substring(0, found), separator, text.substring(found + separator.length()));
    }

    private static Tuple partitionFromRight(String text, String separator) {
        int found = text.lastIndexOf(separator);
        return found < 0
                ? Tuple.of("", "", text)
                : Tuple.of(text.substring(0, found), separator, text.substring(found + separator.length()));
    }
}
