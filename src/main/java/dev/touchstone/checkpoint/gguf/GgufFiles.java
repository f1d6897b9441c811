package dev.touchstone.checkpoint.gguf;

import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the GGUF file of a path. */
public final class GgufFiles {
    private static final String SUFFIX = ".gguf";

    private GgufFiles() {}

    /**
     * The GGUF model of a path: the file itself, or the only model of a folder without {@code config.json}. Empty if it is another file, or
     * a folder with no GGUF model.
     *
     * @throws TouchstoneException if the folder has several GGUF models
     */
    public static Optional<Path> in(Path path) {
        if (isGguf(path)) {
            return Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
        }
        if (!Files.isDirectory(path) || Files.exists(path.resolve("config.json"))) {
            return Optional.empty();
        }
        List<Path> models = models(path);
        if (models.size() > 1) {
            throw new TouchstoneException(path + " holds several GGUF models; pass one of the files: "
                    + models.stream().map(Problems::name).toList());
        }
        return models.stream().findFirst();
    }

    /** The GGUF files of a folder in order; of a split model only the first part. */
    private static List<Path> models(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(GgufFiles::isGguf)
                    .filter(file -> !Problems.name(file).matches(".*-(?!00001)\\d{5}-of-\\d{5}\\.gguf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Problems.unreadable(folder.toString(), e);
        }
    }

    private static boolean isGguf(Path file) {
        return Problems.name(file).endsWith(SUFFIX);
    }
}
