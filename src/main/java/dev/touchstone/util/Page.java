package dev.touchstone.util;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A self-contained HTML page: a template from the resources, the resources that it includes, and data. It needs no network. */
public final class Page {
    private static final Pattern INCLUDE = Pattern.compile("/\\*INCLUDE (\\S+)\\*/");
    private static final String DATA = "/*DATA*/null";

    private Page() {}

    /**
     * The template, with the names of resources replaced by their contents, and the data by {@code json}.
     *
     * @param owner the class in whose package the resources are; a name that starts with a slash is absolute
     */
    public static String of(Class<?> owner, String template, String json) {
        String page = INCLUDE.matcher(read(owner, template)).replaceAll(include -> included(owner, include));
        // Text in the data must not end the script or start another. In JSON, < occurs only in strings.
        return page.replace(DATA, json.replace("<", "\\u003c"));
    }

    private static String included(Class<?> owner, MatchResult include) {
        return Matcher.quoteReplacement(read(owner, include.group(1)).strip());
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
