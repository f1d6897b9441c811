package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the filter {@code striptags} does to text. */
public final class Html {
    private static final Pattern TAG = Pattern.compile("<!--.*?-->|<(?!!--)[^>]*>", Pattern.DOTALL);
    private static final Pattern ENTITY = Pattern.compile("&(?:(#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\\w+);|#|[a-zA-Z]{2})");
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0");

    private Html() {}

    /** Without tags and comments, white space made single, entities replaced. */
    public static String withoutTags(String text) {
        String plain = TAG.matcher(text).replaceAll("");
        return unescape(String.join(" ", Text.words(plain, -1).toArray(String[]::new)));
    }

    static String unescape(String text) {
        return ENTITY.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(character(String.valueOf(found.group(1)))));
    }

    private static String character(String entity) {
        if (entity.startsWith("#")) {
            boolean hexadecimal = Character.toLowerCase(entity.charAt(1)) == 'x';
            int code = Integer.parseInt(entity.substring(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
            if (code >= 0x20 && code < 0x7F || code > 0x9F && Character.isDefined(code)) {
                return Character.toString(code);
            }
        } else if (NAMED.containsKey(entity)) {
            return NAMED.get(entity);
        }
        throw new PythonError("the entity &" + entity + "; is not supported");
    }
}
