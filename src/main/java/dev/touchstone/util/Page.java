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
     * The template with {@code json} in the place of its data, and the resources it names in the places where it names them.
     *
     * @param home the class in whose package the template is; a name that starts with a slash is absolute
     */
    public static String of(Class<?> home, String template, String json) {
        String page = INCLUDE.matcher(read(home, template)).replaceAll(include -> included(home, include));
        // Text in the data must not end the script or begin another. In JSON, < occurs in strings only.
        return page.replace(DATA, json.replace("<", "\\u003c"));
    }

    private static String included(Class<?> home, MatchResult include) {
        return Matcher.quoteReplacement(read(home, include.group(1)).strip());
    }

    private static String read(Class<?> home, String name) {
        try (InputStream resource = home.getResourceAsStream(name)) {
            if (resource == null) {
                throw new FileNotFoundException("no resource " + name + " beside " + home.getName());
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
