package dev.touchstone.util;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A self-contained HTML page: a template from the resources, the resources that it includes, parts, and data. It needs no network.
 * A template includes a resource by <code>/*INCLUDE name*&#47;</code> or <code>&lt;!--INCLUDE name--></code>, and names the
 * place of a part by <code>&lt;!--PART name--></code> and that of the data by <code>/*DATA*&#47;null</code>.
 */
public final class Page {
    private static final Pattern INCLUDE = Pattern.compile("/\\*INCLUDE (\\S+)\\*/|<!--INCLUDE (\\S+)-->");
    private static final Pattern PLACE = Pattern.compile("<!--PART (\\w+)-->|/\\*DATA\\*/null");

    private Page() {}

    /**
     * A page.
     *
     * @param owner the class in whose package the resources are; a name that starts with a slash is absolute
     * @param parts the HTML of each part by name; text must have been escaped by {@link #text}
     * @throws IllegalArgumentException if the template names a part that is not given
     */
    public static String of(Class<?> owner, String template, Map<String, String> parts, String json) {
        // Text in the data must not end the script or start another. In JSON, < occurs only in strings.
        String data = json.replace("<", "\\u003c");
        return PLACE.matcher(resource(owner, template))
                .replaceAll(place -> Matcher.quoteReplacement(
                        place.group(1) == null ? data : part(parts, place.group(1), template)));
    }

    /** Text as it is written in HTML, also within a quoted attribute. */
    public static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The first characters of a text that is longer than {@code most} of them, which are at least 1; the last is an ellipsis. */
    public static String shortened(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - 1;
        boolean isHalf = end > 0 && Character.isHighSurrogate(text.charAt(end - 1));
        return text.substring(0, isHalf ? end - 1 : end) + "…";
    }

    /** A table for readers without JavaScript. The texts are escaped. */
    public static String table(List<String> columns, List<List<String>> rows) {
        StringBuilder table = new StringBuilder("<table><thead><tr>");
        columns.forEach(column ->
                table.append("<th scope=\"col\">").append(text(column)).append("</th>"));
        table.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            table.append("<tr>");
            row.forEach(cell -> table.append("<td>").append(text(cell)).append("</td>"));
            table.append("</tr>\n");
        }
        return table.append("</tbody></table>").toString();
    }

    private static String part(Map<String, String> parts, String name, String template) {
        String part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException(template + " has a part " + name + ", which is not given");
        }
        return part;
    }

    /** A resource with those that it includes. */
    private static String resource(Class<?> owner, String name) {
        return INCLUDE.matcher(read(owner, name)).replaceAll(include -> included(owner, include));
    }

    private static String included(Class<?> owner, MatchResult include) {
        String name = include.group(1) == null ? include.group(2) : include.group(1);
        return Matcher.quoteReplacement(resource(owner, name).strip());
    }

    private static String read(Class<?> owner, String name) {
        try (InputStream resource = owner.getResourceAsStream(name)) {
            if (resource == null) {
                throw new FileNotFoundException("no resource " + name + " beside " + owner.getName());
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
