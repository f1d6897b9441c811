package dev.touchstone.checkpoint.gguf;

import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the GGUF files of a path. */
public final class GgufFiles {
    private static final String SUFFIX = ".gguf";
    /** The name of a part, as llama.cpp's {@code gguf-split} writes it. */
    private static final Pattern PART = Pattern.compile("(?<stem>.*)-(?<number>\\d{5})-of-(?<count>\\d{5})\\.gguf");

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

    /**
     * The files of a GGUF model: the file itself, or if it is a part of a split model, all parts, which are in the same folder, in order.
     *
     * @throws TouchstoneException if a part is missing
     */
    public static List<Path> parts(Path file) {
        Matcher part = PART.matcher(Problems.name(file));
        if (!part.matches()) {
            return List.of(file);
        }
        int count = Integer.parseInt(part.group("count"));
        List<Path> parts = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Path other = file.resolveSibling("%s-%05d-of-%05d.gguf".formatted(part.group("stem"), i, count));
            if (!Files.exists(other)) {
                throw new TouchstoneException(file + " is part of a split model, and " + Problems.name(other)
                        + " is not beside it; download all parts into one folder");
            }
            parts.add(other);
        }
        return parts;
    }

    private static boolean isGguf(Path file) {
        return Problems.name(file).endsWith(SUFFIX);
    }
}
