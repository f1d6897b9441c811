package dev.touchstone.checkpoint.chat;

import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Jinja reads inside a tag and jinjava does not, or in another sense, said in a way that both read alike. */
final class JinjaDialect {
    private static final String QUOTED = "('(?:\\\\.|[^'\\\\])*+'|\"(?:\\\\.|[^\"\\\\])*+\")|";
    private static final Pattern REVERSED = Pattern.compile(QUOTED + "([\\w.]+)\\[::-1\\]", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile(QUOTED + "(\\w+)\\s*=(?!=)", Pattern.DOTALL);
    private static final Pattern NEIGHBOUR = Pattern.compile(QUOTED + "\\bloop\\.(?:previtem|nextitem|changed)\\b");
    private static final Pattern NAMESPACE =
            Pattern.compile("(set\\s+\\w+\\s*=\\s*namespace\\()(.*)\\)", Pattern.DOTALL);
    private static final Pattern CHOOSY = Pattern.compile("(for\\s+[\\w\\s,]+\\s+in\\s+).*?\\sif\\s.*", Pattern.DOTALL);

    private JinjaDialect() {}

    /** The same for jinjava. What cannot be said to it is refused where it is reached. */
    static String translated(String tag) {
        String inside = replaced(REVERSED, tag, match -> "(" + match.group(2) + "|reverse)");
        inside = replaced(NEIGHBOUR, inside, match -> "unsupported('" + match.group() + "')");
        Matcher namespace = NAMESPACE.matcher(inside);
        if (namespace.matches()) { // there, the value of a named argument would end at the first operator
            String pairs = replaced(NAMED, namespace.group(2), match -> "'" + match.group(2) + "':");
            return namespace.group(1) + "{" + pairs + "})";
        }
        Matcher choosy = CHOOSY.matcher(inside);
        if (choosy.matches()) {
            return choosy.group(1) + "unsupported('if in a for tag')";
        }
        return switch (inside) { // what a model is trained on stands between these
            case "generation" -> "if true";
            case "endgeneration" -> "endif";
            default -> inside;
        };
    }

    /** What the pattern finds outside quotes. */
    private static String replaced(Pattern pattern, String text, Function<MatchResult, String> by) {
        return pattern.matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(match.group(1) == null ? by.apply(match) : match.group()));
    }
}
