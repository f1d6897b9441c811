package dev.touchstone.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    private Path folder;

    @Test
    void writingReplacesTheFile() throws IOException {
        Path file = folder.resolve("text");
        Files.writeString(file, "something longer than what is to come");

        WholeFile.write(file, "né");

        assertThat(file).hasContent("né");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void aFailedWriteKeepsTheOldFile() throws IOException {
        Path file = folder.resolve("text");
        Files.writeString(file, "old");

        assertThatThrownBy(() -> WholeFile.write(file, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[3]));
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage(file + " cannot be written: No space left on device");
        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }
}
