package dev.touchstone.cli;

import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.files.ModelFiles;
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

    /** The folder itself, or the folders in it that are models. */
    private static List<Path> models(Path folder) {
        if (isModel(folder)) {
            return List.of(folder);
        }
        ModelFiles.folder(folder); // throws if it is none
        try (Stream<Path> inside = Files.list(folder)) {
            List<Path> models = inside.filter(ModelList::isModel).sorted().toList();
            if (models.isEmpty()) {
                throw new TouchstoneException(
                        folder + " holds no model; expected a folder with config.json, or a folder of such folders");
            }
            return models;
        } catch (IOException e) {
            throw Problems.unreadable(folder.toString(), e);
        }
    }

    private static boolean isModel(Path folder) {
        return MARKS.stream().anyMatch(mark -> Files.exists(folder.resolve(mark)));
    }
}
