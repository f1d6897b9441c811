package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Integers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Constants as they are written in a template. */
final class StringLiteral {
    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\(?:(?<octal>[0-7]{1,3})|x(?<two>[0-9a-fA-F]{2})|u(?<four>[0-9a-fA-F]{4})|U(?<eight>[0-9a-fA-F]{8})"
                    + "|N\\{(?<name>[^}]*)\\}|(?<other>.))",
            Pattern.DOTALL);

    private StringLiteral() {}

    /** The characters of a string in quotes, in which escapes are those of Python. */
    static String value(String quoted, int line) {
        StringBuilder ascii = new StringBuilder();
        quoted.substring(1, quoted.length() - 1).codePoints().forEach(c -> ascii.append(escaped(c)));
        Matcher escape = ESCAPE.matcher(ascii);
        StringBuilder out = new StringBuilder();
        int start = 0;
        while (escape.find()) {
            out.append(ascii, start, escape.start()).append(character(escape, line));
            start = escape.end();
        }
        return out.append(ascii, start, ascii.length()).toString();
    }

    /** Jinja has Python read only ASCII, so that a backslash before another character escapes the escape of that. */
    private static String escaped(int c) {
        return c < 0x80
                ? Character.toString(c)
                : String.format(c <= 0xFF ? "\\x%02x" : c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c);
    }

    private static String character(Matcher escape, int line) {
        if (escape.group("octal") != null) {
            return Character.toString(Integer.parseInt(escape.group("octal"), 8));
        }
        for (String digits : new String[] {"two", "four", "eight"}) {
            if (escape.group(digits) != null) {
                long code = Long.parseLong(escape.group(digits), 16);
                if (code > Character.MAX_CODE_POINT) {
                    throw TemplateException.syntax("illegal Unicode character in a string", line);
                }
                return Character.toString((int) code);
            }
        }
        if (escape.group("name") != null) {
            try {
                return Character.toString(Character.codePointOf(escape.group("name")));
            } catch (IllegalArgumentException e) {
                throw TemplateException.syntax("unknown Unicode character name in a string", line);
            }
        }
        char other = escape.group("other").charAt(0);
        return switch (other) {
            case '\n' -> "";
            case '\\', '\'', '"' -> String.valueOf(other);
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'v' -> "\u000b";
            case 'x', 'u', 'U', 'N' ->
                throw TemplateException.syntax("truncated \\" + other + " escape in a string", line);
            default -> "\\" + other;
        };
    }

    static BigInteger integer(String digits, int line) {
        try {
            return Integers.parse(digits, 0);
        } catch (PythonError e) {
            throw TemplateException.syntax(e.getMessage(), line);
        }
    }
}
