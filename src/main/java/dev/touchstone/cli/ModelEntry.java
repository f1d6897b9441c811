package dev.touchstone.cli;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.ModelSource;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.gguf.GgufFolder;
import dev.touchstone.model.taps.ModelSummary;
import dev.touchstone.util.Json;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.StoredType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A model on this machine. Headers of the weights are read, and not the weights.
 *
 * @param id what {@code --model} takes: an id in the hub cache, or a folder
 * @param family {@code model_type} in {@code config.json}
 * @param parameters their number, if the model runs
 * @param bytes the size of its files of weights
 * @param dtype the type of most of the stored weights
 * @param problem why the model does not run; empty if it does
 */
record ModelEntry(
        String id,
        Optional<String> family,
        OptionalLong parameters,
        long bytes,
        Optional<String> dtype,
        Optional<String> problem) {
    private static final Pattern WEIGHTS = Pattern.compile(".+\\.(safetensors|gguf)|pytorch_model.*\\.bin");

    /** Types by PyTorch's names. */
    private static final Map<String, String> NAMES =
            Map.of("F64", "float64", "F32", "float32", "F16", "float16", "BF16", "bfloat16");

    /**
     * Describes a model.
     *
     * @param find returns its folder, or throws a {@link TouchstoneException} that says why there is none
     */
    static ModelEntry of(String id, Supplier<Path> find) {
        Path folder;
        try {
            folder = find.get();
        } catch (TouchstoneException e) {
            return new ModelEntry(
                    id, Optional.empty(), OptionalLong.empty(), 0, Optional.empty(), Optional.of(e.getMessage()));
        }
        Optional<String> family = Optional.empty();
        Optional<String> dtype = Optional.empty();
        OptionalLong parameters = OptionalLong.empty();
        Optional<String> problem = Optional.empty();
        try (ModelSource source = ModelSource.of(folder)) {
            family = family(source.files());
            try {
                parameters = OptionalLong.of(parameters(source));
            } finally {
                dtype = dtype(source);
            }
        } catch (TouchstoneException e) {
            problem = Optional.of(e.getMessage());
        }
        return new ModelEntry(id, family, parameters, bytes(folder), dtype, problem);
    }

    boolean runs() {
        return problem.isEmpty();
    }

    /** Builds the model, without its weights: this fails where loading it would fail. */
    private static long parameters(ModelSource source) {
        ReadOptions options = ReadOptions.DEFAULT.threads(1).withoutWeights().warnings(line -> {});
        return ModelSummary.of(Checkpoint.load(source, options).transformer()).parameters();
    }

    private static Optional<String> family(ModelFiles files) {
        try {
            return Json.object("config.json", files.text("config.json")).text("model_type");
        } catch (TouchstoneException e) {
            return Optional.empty();
        }
    }

    private static long bytes(Path folder) {
        if (Files.isRegularFile(folder)) {
            return size(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> WEIGHTS.matcher(Problems.name(file)).matches())
                    .filter(Files::isRegularFile)
                    .mapToLong(ModelEntry::size)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // the problem says why
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The type of most bytes: GGUF's name for it, or PyTorch's. */
    private static Optional<String> dtype(ModelSource source) {
        try {
            boolean gguf = source.files() instanceof GgufFolder;
            return source.types().stream()
                    .findFirst()
                    .map(StoredType::name)
                    .map(name -> gguf ? name : NAMES.getOrDefault(name, name.toLowerCase(Locale.ROOT)));
        } catch (TouchstoneException e) {
            return Optional.empty();
        }
    }
}
