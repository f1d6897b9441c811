package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Characters;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.List;
import java.util.function.IntPredicate;

/** The methods of Python's {@code str}; those that search are in {@link StringSearch}. */
final class StringMethods {
    static final Functions ALL = new Functions()
            .addAll(StringSearch.METHODS)
            .add("capitalize", "self, /", a -> Case.capitalize(a.text("self")))
            .add("casefold", "self, /", a -> Case.fold(a.text("self")))
            .add("lower", "self, /", a -> Case.lower(a.text("self")))
            .add("swapcase", "self, /", a -> Case.swap(a.text("self")))
            .add("title", "self, /", a -> Case.title(a.text("self")))
            .add("upper", "self, /", a -> Case.upper(a.text("self")))
            .add("isalnum", "self, /", all(c -> Character.isLetter(c) || Characters.isNumeric(c)))
            .add("isalpha", "self, /", all(Character::isLetter))
            .add("isascii", "self, /", a -> a.text("self").codePoints().allMatch(c -> c < 0x80))
            .add("isdecimal", "self, /", all(Characters::isDecimal))
            .add("isdigit", "self, /", all(Characters::isDigit))
            .add("isnumeric", "self, /", all(Characters::isNumeric))
            .add("isspace", "self, /", all(Characters::isSpace))
            .add("isprintable", "self, /", a -> a.text("self").codePoints().allMatch(Characters::isPrintable))
            .add("isidentifier", "self, /", a -> isIdentifier(a.text("self")))
            .add("islower", "self, /", a -> Case.isAll(a.text("self"), Character::isUpperCase))
            .add("isupper", "self, /", a -> Case.isAll(a.text("self"), Character::isLowerCase))
            .add("istitle", "self, /", a -> Case.isTitle(a.text("self")))
            .add("strip", "self, chars=None, /", a -> Text.strip(a.text("self"), a.textOrNull("chars"), true, true))
            .add("lstrip", "self, chars=None, /", a -> Text.strip(a.text("self"), a.textOrNull("chars"), true, false))
            .add("rstrip", "self, chars=None, /", a -> Text.strip(a.text("self"), a.textOrNull("chars"), false, true))
            .add("removeprefix", "self, prefix, /", a -> withoutPrefix(a.text("self"), a.text("prefix")))
            .add("removesuffix", "self, suffix, /", a -> withoutSuffix(a.text("self"), a.text("suffix")))
            .add(
                    "center",
                    "self, width, fill=' ', /",
                    a -> pad(a, (missing, width) -> missing / 2 + (missing & width & 1)))
            .add("ljust", "self, width, fill=' ', /", a -> pad(a, (missing, width) -> 0))
            .add("rjust", "self, width, fill=' ', /", a -> pad(a, (missing, width) -> missing))
            .add("zfill", "self, width, /", a -> zfill(a.text("self"), a.integer("width")))
            .add("expandtabs", "self, tabsize=8", a -> expandTabs(a.text("self"), a.integer("tabsize")))
            .add("join", "self, iterable, /", a -> join(a.text("self"), Values.list(a.get("iterable"))))
            .add(
                    "replace",
                    "self, old, new, count=-1, /",
                    a -> Text.replace(a.text("self"), a.text("old"), a.text("new"), a.integer("count")))
            .add("translate", "self, table, /", a -> translate(a.text("self"), a.get("table")))
            .add(
                    "format",
                    "self, /, *args, **kwargs",
                    a -> new BraceFormat(a.rest("args"), BraceFormat.fields(a.namedRest("kwargs")), false)
                            .format(a.text("self")))
            .add(
                    "format_map",
                    "self, mapping, /",
                    a -> new BraceFormat(List.of(), BraceFormat.elements(a.get("mapping")), false)
                            .format(a.text("self")))
            .add("encode", "self, encoding='utf-8', errors='strict'", a -> unsupported("str.encode"));

    private StringMethods() {}

    /** How many of the missing characters go to the left. */
    @FunctionalInterface
    private interface Alignment {
        int left(int missing, int width);
    }

    static Object unsupported(String what) {
        throw new PythonError(what + " is not supported");
    }

    private static Functions.Body all(IntPredicate condition) {
        return a -> !a.text("self").isEmpty() && a.text("self").codePoints().allMatch(condition);
    }

    private static boolean isIdentifier(String text) {
        int[] c = text.codePoints().toArray();
        boolean good = c.length > 0 && (c[0] == '_' || Character.isUnicodeIdentifierStart(c[0]));
        for (int i = 1; i < c.length; i++) {
            good &= Character.isUnicodeIdentifierPart(c[i]) && !Character.isIdentifierIgnorable(c[i]);
        }
        return good;
    }

    private static String withoutPrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    private static String withoutSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private static String pad(Arguments a, Alignment alignment) {
        String text = a.text("self");
        String fill = a.text("fill");
        if (Text.length(fill) != 1) {
            throw new PythonError("The fill character must be exactly one character long");
        }
        int width = a.integer("width");
        int missing = Budget.size(width - (long) Text.length(text));
        if (missing <= 0) {
            return text;
        }
        int left = alignment.left(missing, width);
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static String zfill(String text, int width) {
        int missing = Budget.size(width - (long) Text.length(text));
        if (missing <= 0) {
            return text;
        }
        int sign = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
    }

    private static String expandTabs(String text, int size) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (int c : text.codePoints().toArray()) {
            if (c == '\t') {
                int spaces = size > 0 ? size - column % size : 0;
                Budget.size((long) out.length() + spaces);
                out.append(" ".repeat(spaces));
                column += spaces;
            } else {
                out.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return out.toString();
    }

    static String join(String separator, List<Object> items) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            if (!Text.is(items.get(i))) {
                throw new PythonError(
                        "sequence item " + i + ": expected str instance, " + Values.typeName(items.get(i)) + " found");
            }
            out.append(i == 0 ? "" : separator).append(Text.of(items.get(i)));
            Budget.size(out.length());
        }
        return out.toString();
    }

    private static String translate(String text, Object table) {
        StringBuilder out = new StringBuilder();
        for (int c : text.codePoints().toArray()) {
            Object by = table instanceof Dict dict
                    ? dict.get(BigInteger.valueOf(c))
                    : unsupported("this translation table");
            if (by == Missing.MISSING) {
                out.appendCodePoint(c);
            } else if (Numbers.isInteger(by)) {
                out.appendCodePoint(Numbers.index(by));
            } else if (by != null) {
                out.append(Text.of(by));
            }
            Budget.size(out.length());
        }
        return out.toString();
    }
}
