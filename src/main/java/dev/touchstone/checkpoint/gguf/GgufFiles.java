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
        List<Path> models = list(path);
        if (models.size() > 1) {
            throw new TouchstoneException(path + " holds several GGUF models; pass one of the files: "
                    + models.stream().map(Problems::name).toList());
        }
        return models.stream().findFirst();
    }

    /** The GGUF models of a folder in order: their files, or the first parts of split ones. */
    public static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(GgufFiles::isFirstPart).sorted().toList();
        } catch (IOException e) {
            throw Problems.unreadable(folder.toString(), e);
        }
    }

    /** Whether a file is a GGUF file, and not a later part of a split model. */
    public static boolean isFirstPart(Path file) {
        return isGguf(file) && !Problems.name(file).matches(".*-(?!00001)\\d{5}-of-\\d{5}\\.gguf");
    }

    private static boolean isGguf(Path file) {
        return Problems.name(file).endsWith(SUFFIX);
    }
}
