package dev.touchstone.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageIndexTest {
    @TempDir
    private Path folder;

    @Test
    void linksEachPageOfTheFolderAndOfTheFoldersInIt() throws IOException {
        page("a & b#c.html", "parity: 3 taps", "parity of x");
        page("runs/one.html", "explain: \u201cHi\u201d", "one run of <b>");
        page("runs/deep/two.html", "explain: hidden", "two");
        Files.writeString(folder.resolve("foreign.html"), "<title>Touchstone: not ours</title>");

        int pages = PageIndex.write(folder);

        String index = Files.readString(folder.resolve("index.html"));
        assertThat(pages).isEqualTo(2);
        assertThat(index)
                .contains("<a href=\"./a%20&amp;%20b%23c.html\">parity of x</a><span>3 taps</span>")
                .contains("<a href=\"./runs/one.html\">one run of &lt;b&gt;</a>")
                .contains("<h2 id=\"explain\">explain</h2>")
                .doesNotContain("not ours", "two.html", "<script", "<!--PART", "INCLUDE");
    }

    /** A report of many fixtures has a link to each, in alphabetical order. */
    @Test
    void linksThePartsOfAPage() throws IOException {
        page("a b.html", "parity: 9 taps", "parity of 3 fixtures", "tiny-b, a & b, tiny-a");
        page("one.html", "parity: 3 taps", "parity of c", "c");

        PageIndex.write(folder);

        assertThat(Files.readString(folder.resolve("index.html")))
                .contains("<ul class=\"names\"><li><a href=\"./a%20b.html#a%20%26%20b\">a &amp; b</a></li>"
                        + "<li><a href=\"./a%20b.html#tiny-a\">tiny-a</a></li>"
                        + "<li><a href=\"./a%20b.html#tiny-b\">tiny-b</a></li></ul>")
                .doesNotContain("one.html#c");
    }

    @Test
    void replacesAnIndexButNoOtherFile() throws IOException {
        page("one.html", "parity: 3 taps", "one");
        PageIndex.write(folder);
        page("two.html", "parity: 4 taps", "two");

        assertThat(PageIndex.write(folder)).isEqualTo(2);
        Files.writeString(folder.resolve("index.html"), "<p>mine</p>");

        assertThatThrownBy(() -> PageIndex.write(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("index.html exists and is not an index of pages");
        assertThat(folder.resolve("index.html")).hasContent("<p>mine</p>");
    }

    @Test
    void aFolderWithoutPagesIsAnError() {
        assertThatThrownBy(() -> PageIndex.write(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("has no page of Touchstone");
    }

    /** Parts and data are inserted as they are, even if they look like places of the template. */
    @Test
    void insertedTextIsNotReadAsATemplate() {
        String title = "/*DATA*/null <!--PART folder--> $1 \\";
        String page = Page.of(
                PageIndex.class, "/dev/touchstone/page/pages.html", parts(title, "a: b", "", "f", "/*DATA*/null"), "7");

        assertThat(page)
                .contains("<title>Touchstone: /*DATA*/null &lt;!--PART folder--&gt; $1 \\</title>")
                .doesNotContain("7</main>");
        assertThatThrownBy(() -> Page.of(PageIndex.class, "/dev/touchstone/page/pages.html", Map.of(), "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("description");
    }

    private void page(String file, String description, String title) throws IOException {
        page(file, description, title, "");
    }

    private void page(String file, String description, String title, String names) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Map<String, String> parts = parts(title, description, names, "", "");
        Files.writeString(path, Page.of(PageIndex.class, "/dev/touchstone/page/pages.html", parts, ""));
    }

    private static Map<String, String> parts(
            String title, String description, String names, String folder, String sections) {
        return Map.of(
                "title",
                Page.text(title),
                "description",
                Page.text(description),
                "keywords",
                Page.text(names),
                "folder",
                folder,
                "sections",
                sections);
    }
}
