package dev.touchstone.spark;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The model of this JVM. Tasks share its weights, and each task has kernels of its own. They are kept for later
 * tasks, because new ones are slow until their code is compiled. A task with another model replaces it.
 */
final class ExecutorModel {
    private static final System.Logger LOGGER = System.getLogger(ExecutorModel.class.getName());

    /** What makes a model the same. */
    private record Key(ModelPlace model, String digest) {}

    private static ExecutorModel current;

    private final Key key;
    private final LoadedModel model;
    /** Kernels that no task uses, by their number of threads. */
    private final Map<Integer, Deque<Kernels>> idle = new HashMap<>();

    private boolean replaced;

    private ExecutorModel(Key key, LoadedModel model) {
        this.key = key;
        this.model = model;
    }

    /**
     * The model of these settings, which is loaded unless it is that of the last call.
     *
     * @param threads how many threads read the weights
     * @throws TouchstoneException if this machine has no such model, or one with another digest
     */
    static synchronized ExecutorModel of(GenerateSettings settings, int threads) {
        Key key = new Key(settings.model(), settings.digest());
        if (current == null || !current.key.equals(key)) {
            if (current != null) {
                current.replace();
            }
            current = null; // its memory is free while the next one loads
            current = new ExecutorModel(key, load(settings, threads));
        }
        return current;
    }

    private static LoadedModel load(GenerateSettings settings, int threads) {
        Path path = settings.model().here();
        String found = ModelDigest.of(path);
        if (!found.equals(settings.digest())) {
            throw new TouchstoneException("the model " + settings.model() + " on this executor has the digest " + found
                    + ", expected " + settings.digest() + "; copy the same files to every machine");
        }
        ReadOptions options = ReadOptions.DEFAULT.threads(threads).warnings(ExecutorModel::warn);
        return path == null ? Checkpoint.storyteller(options) : Checkpoint.load(path, options);
    }

    private static void warn(String line) {
        LOGGER.log(System.Logger.Level.WARNING, line);
    }

    LoadedModel model() {
        return model;
    }

    /** Kernels for one task, which gives them back with {@link #release}. */
    synchronized Kernels take(int threads) {
        Deque<Kernels> unused = idle.get(threads);
        return unused == null || unused.isEmpty() ? KernelChoice.best(threads, ExecutorModel::warn) : unused.pop();
    }

    synchronized void release(int threads, Kernels kernels) {
        if (replaced) {
            kernels.close();
        } else {
            idle.computeIfAbsent(threads, count -> new ArrayDeque<>()).push(kernels);
        }
    }

    private synchronized void replace() {
        replaced = true;
        idle.values().forEach(unused -> unused.forEach(Kernels::close));
        idle.clear();
    }
}
