package dev.touchstone.checkpoint.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    @TempDir
    private Path folder;

    @Test
    void aFileIsReadWholeUpToTheLargestSize() throws IOException {
        int largest = 1 << 28;
        try (FileChannel file = FileChannel.open(
                folder.resolve("large"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            file.write(ByteBuffer.allocate(1), largest - 1);
        }

        assertThat(ModelFiles.folder(folder).bytes("large").length).isEqualTo(largest);
    }

    @Test
    void readsFilesOfTheClassPath() {
        ModelFiles files = ModelFiles.classPath("dev/touchstone/storyteller");

        assertThat(files.has("config.json")).isTrue();
        assertThat(files.text("config.json")).contains("\"model_type\"");
        assertThat(files.has("nothing.json")).isFalse();
        assertThatThrownBy(() -> files.bytes("nothing.json"))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("/dev/touchstone/storyteller/nothing.json: no such file");
    }

    @Test
    void bytesAreReadAtTheirPosition() throws IOException {
        Files.write(folder.resolve("bytes"), new byte[] {0, 1, 2, 3, 4, 5, 6});

        try (ByteSource file = ByteSource.of(folder.resolve("bytes"));
                ByteSource memory = ByteSource.of(new byte[] {0, 1, 2, 3, 4, 5, 6})) {
            for (ByteSource source : new ByteSource[] {file, memory}) {
                ByteBuffer bytes = ByteBuffer.allocate(3);
                source.read(bytes, 4);

                assertThat(bytes.array()).containsExactly(4, 5, 6);
                assertThat(source.size()).isEqualTo(7);
            }
        }
    }

    @Test
    void readingAFileThatBecomesShorterEnds() throws IOException {
        Path path = folder.resolve("bytes");
        Files.write(path, new byte[7]);

        try (ByteSource source = ByteSource.of(path)) {
            Files.write(path, new byte[5]);

            assertThatThrownBy(() -> source.read(ByteBuffer.allocate(7), 0))
                    .isInstanceOf(EOFException.class)
                    .hasMessage("the file became shorter while it was read");
        }
    }
}
