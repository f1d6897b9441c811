package dev.touchstone.checkpoint.files;

import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of one model, as {@code save_pretrained} writes them: in a folder, on the class path, or made from another format. */
public interface ModelFiles extends AutoCloseable {
    /** The most that {@link #bytes} reads: ten times the largest {@code tokenizer.json} there is. */
    long LARGEST = 1L << 28;

    /** Where the files are, as messages say it. */
    String name();

    boolean has(String file);

    /** The names of the files in a folder within, in order; none if there is no such folder. */
    List<String> list(String folder);

    /** The whole of a file that fits in memory. */
    byte[] bytes(String file);

    /** A file to be read in places. */
    ByteSource open(String file) throws IOException;

    /** Frees what was opened for the files, if anything was. */
    @Override
    default void close() {}

    /** The whole of a text file, which must be UTF-8. */
    default String text(String file) {
        return Utf8.text(file, bytes(file));
    }

    /**
     * The object in a JSON file.
     *
     * @param path what messages call the file
     */
    default JsonObject json(String file, String path) {
        return Json.object(path, bytes(file));
    }

    static ModelFiles folder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new TouchstoneException(
                    folder + (Files.exists(folder) ? " is a file, expected the folder around it" : ": no such folder"));
        }
        if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
            throw new TouchstoneException(folder + ": permission denied; make the folder readable for this user");
        }
        return new Folder(folder);
    }

    /** A folder of the class path, such as {@code dev/touchstone/storyteller}. */
    static ModelFiles classPath(String folder) {
        return new ClassPath(folder);
    }

    record Folder(Path path) implements ModelFiles {
        @Override
        public String name() {
            return path.toString();
        }

        @Override
        public boolean has(String file) {
            return Files.isRegularFile(path.resolve(file));
        }

        @Override
        public List<String> list(String folder) {
            if (!Files.isDirectory(path.resolve(folder))) {
                return List.of();
            }
            try (Stream<Path> files = Files.list(path.resolve(folder))) {
                return files.filter(Files::isRegularFile)
                        .map(file -> file.getFileName().toString())
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw Problems.unreadable(path.resolve(folder).toString(), e);
            }
        }

        @Override
        public byte[] bytes(String file) {
            try {
                long size = Files.size(path.resolve(file));
                if (size > LARGEST) {
                    throw new TouchstoneException(path.resolve(file) + " has " + size + " bytes, expected at most "
                            + LARGEST + "; download or save it again");
                }
                return Files.readAllBytes(path.resolve(file));
            } catch (IOException e) {
                throw Problems.unreadable(path.resolve(file).toString(), e);
            }
        }

        @Override
        public ByteSource open(String file) throws IOException {
            return ByteSource.of(path.resolve(file));
        }
    }

    record ClassPath(String name) implements ModelFiles {
        @Override
        public boolean has(String file) {
            return ModelFiles.class.getResource(path(file)) != null;
        }

        @Override
        public List<String> list(String folder) {
            return List.of(); // the embedded models have no folders within
        }

        @Override
        public byte[] bytes(String file) {
            try (InputStream in = ModelFiles.class.getResourceAsStream(path(file))) {
                if (in == null) {
                    throw new NoSuchFileException(path(file));
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw Problems.unreadable(path(file), e);
            }
        }

        @Override
        public ByteSource open(String file) {
            return ByteSource.of(bytes(file));
        }

        private String path(String file) {
            return "/" + name + "/" + file;
        }
    }
}
