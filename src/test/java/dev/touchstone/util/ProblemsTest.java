package dev.touchstone.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemsTest {
    @TempDir
    private Path folder;

    @Test
    void theMessageGivesTheReasonWhyAFileIsUnreadable() {
        assertThat(Problems.unreadable("f", new NoSuchFileException("f"))).hasMessage("f: no such file");
        assertThat(Problems.unreadable("f", new AccessDeniedException("f")))
                .hasMessage("f: permission denied; make it readable for this user");
        assertThat(Problems.unreadable("f", new IOException("a disk\nthat burns")))
                .hasMessage("f cannot be read: a disk that burns");
        assertThat(Problems.unreadable("f", new MalformedInputException(1)))
                .hasMessage("f is not UTF-8; convert it first");
        assertThat(Problems.unreadable("f", new IOException())).hasMessage("f cannot be read: unknown reason");
    }

    @Test
    void theMessageGivesTheReasonWhyAFileIsUnwritable() {
        Path here = folder.resolve("f");
        Path nowhere = folder.resolve("nowhere").resolve("f");

        assertThat(Problems.unwritable(nowhere, new NoSuchFileException("f")))
                .hasMessage(nowhere + " cannot be written: there is no folder " + nowhere.getParent());
        assertThat(Problems.unwritable(here, new NoSuchFileException("f")))
                .hasMessage(here + " cannot be written: no files can be created in " + folder);
        assertThat(Problems.unwritable(here, new AccessDeniedException("f")))
                .hasMessage(here + " cannot be written: permission denied");
        assertThat(Problems.unwritable(here, new FileSystemException("f", null, "Not a directory")))
                .hasMessage(here + " cannot be written: Not a directory");
        assertThat(Problems.unwritable(here, new IOException("No space left on device")))
                .hasMessage(here + " cannot be written: No space left on device");
    }

    @Test
    void aStackTraceHasNoControlCharactersOtherThanTheEndsOfItsLines() {
        Exception thrown = new IOException("first", new NoSuchFileException("\u001b[2J"));

        assertThat(Problems.trace(thrown))
                .startsWith("java.io.IOException: first" + System.lineSeparator() + "\tat ")
                .contains("Caused by: java.nio.file.NoSuchFileException:  [2J" + System.lineSeparator())
                .doesNotContain("\u001b");
    }

    @Test
    void textFromAFileIsCutAfter120Characters() {
        assertThat(Problems.printable("x".repeat(120))).isEqualTo("x".repeat(120));
        assertThat(Problems.printable("x".repeat(121))).isEqualTo("x".repeat(120) + "...");
    }

    @Test
    void theNameOfAFileIsTheLastPartOfItsPath() {
        assertThat(Problems.name(Path.of("/a/b"))).isEqualTo("b");
        assertThat(Problems.name(Path.of("/"))).isEqualTo(Path.of("/").toString());
    }
}
