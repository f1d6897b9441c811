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
                PageIndex.class,
                "/dev/touchstone/page/pages.html",
                Map.of("title", Page.text(title), "description", "a: b", "folder", "f", "sections", "/*DATA*/null"),
                "7");

        assertThat(page)
                .contains("<title>Touchstone: /*DATA*/null &lt;!--PART folder--&gt; $1 \\</title>")
                .doesNotContain("7</main>");
        assertThatThrownBy(() -> Page.of(PageIndex.class, "/dev/touchstone/page/pages.html", Map.of(), "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("description");
    }

    private void page(String file, String description, String title) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Map<String, String> parts =
                Map.of("title", Page.text(title), "description", Page.text(description), "folder", "", "sections", "");
        Files.writeString(path, Page.of(PageIndex.class, "/dev/touchstone/page/pages.html", parts, ""));
    }
}
