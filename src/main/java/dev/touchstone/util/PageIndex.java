package dev.touchstone.util;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page that links the pages of Touchstone in a folder and in the folders in it. It has no script. */
public final class PageIndex {
    private static final String KIND = "index";
    private static final int DEPTH = 2;
    private static final int HEAD_BYTES = 4096;
    private static final Pattern HEAD = Pattern.compile("<meta name=\"generator\" content=\"Touchstone\">\\s*"
            + "<meta name=\"description\" content=\"(\\w[\\w -]*): ([^<>\"]*)\">\\s*<title>Touchstone: ([^<>]*)</title>"
            + "(?:\\s*<meta name=\"keywords\" content=\"([^<>\"]*)\">)?");

    private PageIndex() {}

    /**
     * A page.
     *
     * @param kind such as parity or explain
     * @param description as HTML
     * @param title as HTML
     * @param names what the page has addresses for, such as the fixtures of a report; as HTML
     */
    private record Entry(Path file, String kind, String description, String title, List<String> names) {}

    /**
     * Writes {@code index.html} into a folder. Returns the number of pages that it links.
     *
     * @throws TouchstoneException if there is no page, or a file of this name that is no such index
     */
    public static int write(Path folder) {
        Path index = folder.resolve("index.html");
        if (Files.exists(index)
                && head(index).filter(entry -> entry.kind.equals(KIND)).isEmpty()) {
            throw new TouchstoneException(
                    index + " exists and is not an index of pages; move it or index another folder");
        }
        List<Entry> pages = pages(folder);
        if (pages.isEmpty()) {
            throw new TouchstoneException(
                    folder + " has no page of Touchstone; write one first, for example with parity");
        }
        WholeFile.write(index, html(folder, pages));
        return pages.size();
    }

    private static List<Entry> pages(Path folder) {
        List<Entry> pages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            files.filter(file -> file.toString().endsWith(".html") && Files.isRegularFile(file))
                    .sorted()
                    .forEach(file ->
                            head(file).filter(entry -> !entry.kind.equals(KIND)).ifPresent(pages::add));
        } catch (IOException e) {
            throw Problems.unreadable(folder.toString(), e);
        }
        return pages;
    }

    /** Empty if the file is no page of Touchstone. */
    private static Optional<Entry> head(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Matcher head = HEAD.matcher(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8));
            return head.find()
                    ? Optional.of(new Entry(file, head.group(1), head.group(2), head.group(3), names(head.group(4))))
                    : Optional.empty();
        } catch (IOException e) {
            throw Problems.unreadable(file.toString(), e);
        }
    }

    private static List<String> names(String keywords) {
        return keywords == null || keywords.isEmpty() ? List.of() : List.of(keywords.split(", "));
    }

    private static String html(Path folder, List<Entry> pages) {
        Map<String, List<Entry>> kinds = new TreeMap<>();
        pages.forEach(page ->
                kinds.computeIfAbsent(page.kind, kind -> new ArrayList<>()).add(page));
        StringBuilder sections = new StringBuilder();
        kinds.forEach((kind, entries) -> sections.append(section(folder, kind, entries)));
        String name = Problems.name(folder.toAbsolutePath().normalize());
        Map<String, String> parts = Map.of(
                "keywords",
                "",
                "title",
                "pages in " + Page.text(name),
                "description",
                KIND + ": " + pages.size() + (pages.size() == 1 ? " page" : " pages"),
                "folder",
                Page.text(name),
                "sections",
                sections.toString());
        return Page.of(PageIndex.class, "/dev/touchstone/page/pages.html", parts, "");
    }

    private static String section(Path folder, String kind, List<Entry> entries) {
        String id = kind.replace(' ', '-');
        StringBuilder html = new StringBuilder("<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" + kind
                + "</h2>\n<ul class=\"pages\">\n");
        entries.stream().sorted(Comparator.comparing(Entry::file)).forEach(entry -> {
            String path = folder.relativize(entry.file).toString().replace('\\', '/');
            html.append("<li><a href=\"" + Page.text(address(path)) + "\">" + entry.title + "</a><span>"
                    + entry.description + "</span><span><code>" + Page.text(path) + "</code></span>"
                    + links(address(path), entry.names) + "</li>\n");
        });
        return html.append("</ul>\n</section>\n").toString();
    }

    /** A list of links to parts of a page; empty if there is at most one, which the title names. */
    private static String links(String page, List<String> names) {
        if (names.size() < 2) {
            return "";
        }
        StringBuilder html = new StringBuilder("\n<ul class=\"names\">");
        names.stream()
                .sorted()
                .forEach(name -> html.append("<li><a href=\"" + Page.text(page) + "#"
                        + URLEncoder.encode(plain(name), StandardCharsets.UTF_8).replace("+", "%20") + "\">" + name
                        + "</a></li>"));
        return html.append("</ul>").toString();
    }

    /** The reverse of {@link Page#text}. */
    private static String plain(String html) {
        return html.replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&gt;", ">")
                .replace("&lt;", "<")
                .replace("&amp;", "&");
    }

    /** The relative URL of a path. */
    private static String address(String path) {
        try {
            return new URI(null, null, "./" + path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(path + " is no path of a URL", e);
        }
    }
}
