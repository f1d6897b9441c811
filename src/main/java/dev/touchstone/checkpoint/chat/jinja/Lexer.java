package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.Token.Kind;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens. White space around tags counts, as a model has learned with exact text: a minus takes away all of
 * it on its side; a block or a comment takes away the line feed behind it ({@code trim_blocks}) and the indentation before it
 * ({@code lstrip_blocks}), unless a plus keeps them; and the last line feed of the template goes.
 */
final class Lexer {
    /** What Python's regular expressions take for white space. */
    private static final String WHITE = "[\\s\\x1c-\\x1f]";

    private static final Pattern TAG = Pattern.compile("\\{[{%#]");
    private static final Pattern RAW = pattern("\\{%[-+]?_*raw_*(?:-%\\}_*|%\\})");
    private static final Pattern RAW_END = pattern("\\{%(?<sign>[-+]?)_*endraw_*(?:\\+%\\}|-%\\}_*|%\\}\\n?)");
    private static final Pattern COMMENT_END = pattern("\\+#\\}|-#\\}_*|#\\}\\n?");
    private static final Pattern BLOCK_END = pattern("\\+%\\}|-%\\}_*|%\\}\\n?");
    private static final Pattern OUTPUT_END = pattern("-\\}\\}_*|\\}\\}");
    private static final Pattern SPACE = pattern("_+");

    private static final Pattern FLOAT = Pattern.compile(
            "(?<!\\.)\\d+(?:_\\d+)*(?:(?:\\.\\d+(?:_\\d+)*)?[eE][+-]?\\d+(?:_\\d+)*|\\.\\d+(?:_\\d+)*)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final Pattern NAME = pattern("\\w+");
    private static final Pattern STRING =
            Pattern.compile("'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"", Pattern.DOTALL);
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|[=!<>]=|[-+*/%~\\[\\](){}<>=.:|,;]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;

    /** With {@code _} for white space. */
    private static Pattern pattern(String regex) {
        return Pattern.compile(regex.replace("_", WHITE), Pattern.UNICODE_CHARACTER_CLASS);
    }

    private Lexer(String source) {
        this.source = source;
    }

    /** The last token is an {@code END}. */
    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        return new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source).tokens();
    }

    private List<Token> tokens() {
        Matcher tag = TAG.matcher(source);
        while (position < source.length()) {
            if (!tag.find(position)) {
                text(source.substring(position), "", false);
                break;
            }
            char kind = source.charAt(tag.start() + 1);
            Matcher raw = at(RAW, tag.start());
            int start = raw == null ? tag.end() : raw.end();
            String sign = sign(tag.end());
            text(source.substring(position, tag.start()), sign, kind != '{');
            if (raw != null) {
                advance(start);
                raw();
            } else if (kind == '#') {
                advance(start + sign.length());
                comment();
            } else {
                add(kind == '%' ? Kind.BLOCK_BEGIN : Kind.OUTPUT_BEGIN, source.substring(tag.start(), start));
                advance(start + sign.length());
                inside(kind == '%' ? BLOCK_END : OUTPUT_END, kind == '%' ? Kind.BLOCK_END : Kind.OUTPUT_END);
            }
        }
        add(Kind.END, "");
        return tokens;
    }

    private String sign(int at) {
        return at < source.length() && "-+".indexOf(source.charAt(at)) >= 0 ? source.substring(at, at + 1) : "";
    }

    /** Adds the text before a tag, without what the tag takes away of it, and goes to the tag. */
    private void text(String text, String sign, boolean takesIndent) {
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean startsLine = lineStart > 0 || position == 0 || source.charAt(position - 1) == '\n';
        String kept = text;
        if (sign.equals("-")) {
            kept = Text.strip(text, null, false, true);
        } else if (sign.isEmpty()
                && takesIndent
                && startsLine
                && SPACE.matcher(text).region(lineStart, text.length()).matches()) {
            kept = text.substring(0, lineStart);
        }
        if (!kept.isEmpty()) {
            add(Kind.TEXT, kept);
        }
        advance(position + text.length());
    }

    private void comment() {
        Matcher end = COMMENT_END.matcher(source);
        if (!end.find(position)) {
            throw TemplateException.syntax("the comment has no end", line);
        }
        advance(end.end());
    }

    /** Text in which tags are none, up to {@code endraw}. */
    private void raw() {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(position)) {
            throw TemplateException.syntax("the tag raw has no endraw", line);
        }
        text(source.substring(position, end.start()), end.group("sign"), true);
        advance(end.end());
    }

    /** The tokens of a tag. Its end is none within brackets. */
    private void inside(Pattern end, Kind kind) {
        Deque<String> open = new ArrayDeque<>();
        while (position < source.length()) {
            Matcher found = open.isEmpty() ? at(end, position) : null;
            if (found != null) {
                add(kind, found.group());
                advance(found.end());
                return;
            }
            next(open);
        }
    }

    private void next(Deque<String> open) {
        Matcher found;
        if ((found = at(SPACE, position)) != null) {
            advance(found.end());
        } else if ((found = at(FLOAT, position)) != null) {
            add(Kind.FLOAT, found.group(), Double.valueOf(found.group().replace("_", "")));
        } else if ((found = at(INTEGER, position)) != null) {
            add(Kind.INTEGER, found.group(), StringLiteral.integer(found.group(), line));
        } else if ((found = at(NAME, position)) != null) {
            add(Kind.NAME, found.group());
        } else if ((found = at(STRING, position)) != null) {
            add(Kind.STRING, found.group(), StringLiteral.value(found.group(), line));
        } else if ((found = at(OPERATOR, position)) != null) {
            balance(found.group(), open);
            add(Kind.OPERATOR, found.group());
        } else {
            String character = Character.toString(source.codePointAt(position));
            throw TemplateException.syntax("unexpected character '" + character + "'", line);
        }
        advance(found.end());
    }

    private void balance(String operator, Deque<String> open) {
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty() || !open.pop().equals(operator)) {
                    throw TemplateException.syntax("unexpected '" + operator + "'", line);
                }
            }
            default -> {}
        }
    }

    private Matcher at(Pattern pattern, int place) {
        Matcher matcher = pattern.matcher(source).region(place, source.length()).useTransparentBounds(true);
        return matcher.lookingAt() ? matcher : null;
    }

    private void add(Kind kind, String text) {
        add(kind, text, null);
    }

    private void add(Kind kind, String text, Object value) {
        tokens.add(new Token(kind, text, value, line));
    }

    private void advance(int to) {
        while (position < to) {
            line += source.charAt(position++) == '\n' ? 1 : 0;
        }
    }
}
