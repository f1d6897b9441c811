package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.gguf.GgufFiles;
import dev.touchstone.checkpoint.gguf.GgufFolder;
import dev.touchstone.checkpoint.safetensors.TensorFiles;
import dev.touchstone.util.Problems;
import dev.touchstone.weights.StoredTensor;
import dev.touchstone.weights.StoredTensors;
import dev.touchstone.weights.StoredType;
import dev.touchstone.weights.WeightType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a model comes from: its files as {@code save_pretrained} writes them, and its weights.
 *
 * @param name what to call the model
 * @param tensors opens the weights
 */
public record ModelSource(String name, ModelFiles files, Supplier<StoredTensors> tensors) implements AutoCloseable {
    /** A folder, or a GGUF file, or a folder with a GGUF model and no {@code config.json}. */
    public static ModelSource of(Path path) {
        Optional<Path> gguf = GgufFiles.in(path);
        if (gguf.isPresent()) {
            GgufFolder folder = GgufFolder.open(gguf.get());
            return new ModelSource(Problems.name(gguf.get()), folder, () -> folder);
        }
        return of(HubCache.nameOf(path), ModelFiles.folder(path));
    }

    static ModelSource of(String name, ModelFiles files) {
        return new ModelSource(name, files, () -> TensorFiles.open(files));
    }

    /** The model that is part of the library. */
    public static ModelSource storyteller() {
        return of("storyteller", Checkpoint.storytellerFiles());
    }

    /** The types of the weights. The headers of a GGUF file are in memory, so the source may have been loaded. */
    public List<StoredType> types() {
        if (files instanceof GgufFolder gguf) {
            return StoredType.of(gguf.stored());
        }
        try (StoredTensors opened = tensors.get()) {
            return StoredType.of(opened.all());
        }
    }

    /** The number of bytes that the weights take in memory. */
    public long memory(WeightType type) {
        if (files instanceof GgufFolder gguf) {
            return gguf.all().stream().mapToLong(type::bytes).sum();
        }
        try (StoredTensors opened = tensors.get()) {
            return opened.all().stream()
                    .filter(StoredTensor::isFloat)
                    .mapToLong(type::bytes)
                    .sum();
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
