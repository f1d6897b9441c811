package dev.touchstone.cli;

import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.gguf.GgufFiles;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The models of the hub cache, and of folders. */
record ModelList(HubCache cache, List<Path> folders) {
    /** A folder is a model's if it has one of these files. */
    private static final List<String> MARKS = List.of("config.json", "adapter_config.json");

    /** In order of their ids, those of the cache first. */
    List<ModelEntry> entries() {
        List<ModelEntry> entries = new ArrayList<>();
        cache.models().forEach(id -> entries.add(ModelEntry.of(id, () -> cache.find(id))));
        for (Path folder : folders) {
            models(folder).forEach(model -> entries.add(ModelEntry.of(model.toString(), () -> model)));
        }
        return entries;
    }

    /** The path itself, or the models in the folder: folders, and GGUF files in it and in its folders. */
    private static List<Path> models(Path path) {
        if (isModel(path)) {
            return List.of(path);
        }
        ModelFiles.folder(path); // throws if it is none
        try (Stream<Path> inside = Files.list(path)) {
            List<Path> models = inside.flatMap(ModelList::inside).sorted().toList();
            if (models.isEmpty()) {
                throw new TouchstoneException(
                        path + " holds no model; expected a folder with config.json, a GGUF file, or a folder of such");
            }
            return models;
        } catch (IOException e) {
            throw Problems.unreadable(path.toString(), e);
        }
    }

    private static Stream<Path> inside(Path path) {
        return isModel(path)
                ? Stream.of(path)
                : Files.isDirectory(path) ? GgufFiles.list(path).stream() : Stream.empty();
    }

    private static boolean isModel(Path path) {
        return MARKS.stream().anyMatch(mark -> Files.exists(path.resolve(mark)))
                || Files.isRegularFile(path) && GgufFiles.isFirstPart(path);
    }
}
