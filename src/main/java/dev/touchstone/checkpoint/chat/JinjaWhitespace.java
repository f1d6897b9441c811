package dev.touchstone.checkpoint.chat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The white space around tags that Jinja takes away: where a tag has a minus sign, the line feed after a block
 * ({@code trim_blocks}) and the indentation of one ({@code lstrip_blocks}), as transformers sets it. Done here, on the
 * template's source, since jinjava leaves some of it, and every space counts: a model has learned with exact text.
 */
final class JinjaWhitespace {
    /** A tag whole; an end inside quotes is none. */
    private static final Pattern TAG = Pattern.compile("""
            \\{\\#(?<comment>.*?)\\#\\}
            | (?<open>\\{[%{])(?<before>[-+]?)(?<inside>(?:'(?:\\\\.|[^'\\\\])*+'|"(?:\\\\.|[^"\\\\])*+"|(?![-+]?[%}]\\}).)*+)
              (?<after>[-+]?)(?<close>[%}]\\})""", Pattern.COMMENTS | Pattern.DOTALL);

    private static final Pattern INDENT = Pattern.compile("(?<=^|\\n)[ \\t]*\\z");

    private JinjaWhitespace() {}

    /** The template that says the same where white space is never taken away. Comments go. */
    static String explicit(String template) {
        String source = template.replace("\r\n", "\n").replaceFirst("\n\\z", "");
        StringBuilder result = new StringBuilder();
        Matcher tag = TAG.matcher(source);
        int end = 0;
        boolean lineStarts = true;
        while (tag.find(end)) {
            boolean comment = tag.group("comment") != null;
            boolean block = comment || tag.group("open").equals("{%");
            String before = comment ? sign(tag.group("comment"), 0) : tag.group("before");
            String after = comment ? sign(tag.group("comment"), 1) : tag.group("after");
            result.append(dataBefore(source.substring(end, tag.start()), before, block, lineStarts));
            if (!comment) {
                result.append(tag.group("open"))
                        .append(' ')
                        .append(JinjaDialect.translated(tag.group("inside").strip()))
                        .append(' ')
                        .append(tag.group("close"));
            }
            end = tag.end();
            while (after.equals("-") && end < source.length() && Character.isWhitespace(source.charAt(end))) {
                end++;
            }
            if (block && after.isEmpty() && end < source.length() && source.charAt(end) == '\n') {
                end++;
            }
            lineStarts = source.charAt(end - 1) == '\n';
        }
        return result.append(source.substring(end)).toString();
    }

    /** The minus or plus at the beginning (0) or end (1) of a comment. */
    private static String sign(String comment, int side) {
        if (comment.length() <= side) { // a single sign belongs to the beginning
            return "";
        }
        String mark = side == 0 ? comment.substring(0, 1) : comment.substring(comment.length() - 1);
        return mark.equals("-") || mark.equals("+") ? mark : "";
    }

    private static String dataBefore(String data, String sign, boolean block, boolean lineStarts) {
        if (sign.equals("-")) {
            return data.stripTrailing();
        }
        boolean ownLine = lineStarts || data.contains("\n");
        return block && sign.isEmpty() && ownLine ? INDENT.matcher(data).replaceFirst("") : data;
    }
}
