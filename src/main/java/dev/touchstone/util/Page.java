package dev.touchstone.util;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page that stands alone: a template among the resources, what it includes, and its data. No network is needed. */
public final class Page {
    private static final Pattern INCLUDE = Pattern.compile("/\\*INCLUDE (\\S+)\\*/");
    private static final String DATA = "/*DATA*/null";

    private Page() {}

    /**
     * The template with {@code json} in the place of its data, and the resources it names in the places where it names them.
     *
     * @param home the class beside which the template lies; a name that starts with a slash is looked for from the root
     */
    public static String of(Class<?> home, String template, String json) {
        String page = INCLUDE.matcher(read(home, template)).replaceAll(include -> included(home, include));
        // Text in the data must not end the script or begin another; within JSON < stands in texts only.
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
