package dev.touchstone.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProblemsTest {
    @Test
    void aFileIsUnreadableForItsReason() {
        assertThat(Problems.unreadable("f", new NoSuchFileException("f"))).hasMessage("f: no such file");
        assertThat(Problems.unreadable("f", new AccessDeniedException("f")))
                .hasMessage("f: permission denied; make it readable for this user");
        assertThat(Problems.unreadable("f", new IOException("a disk\nthat burns")))
                .hasMessage("f cannot be read: a disk that burns");
        assertThat(Problems.unreadable("f", new IOException())).hasMessage("f cannot be read: unknown reason");
    }

    @Test
    void aFileIsUnwritableForItsReason() {
        assertThat(Problems.unwritable("f", new NoSuchFileException("f")))
                .hasMessage("f cannot be written: no such folder");
        assertThat(Problems.unwritable("f", new AccessDeniedException("f")))
                .hasMessage("f cannot be written: permission denied");
        assertThat(Problems.unwritable("f", new IOException("a disk that is full")))
                .hasMessage("f cannot be written: a disk that is full");
    }

    @Test
    void textFromAFileIsCutAfter120Characters() {
        assertThat(Problems.printable("x".repeat(120))).isEqualTo("x".repeat(120));
        assertThat(Problems.printable("x".repeat(121))).isEqualTo("x".repeat(120) + "...");
    }

    @Test
    void aFileIsCalledByItsLastPart() {
        assertThat(Problems.name(Path.of("/a/b"))).isEqualTo("b");
        assertThat(Problems.name(Path.of("/"))).isEqualTo(Path.of("/").toString());
    }
}
