package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How the weights of a checkpoint are read.
 *
 * @param type the type of weight matrices in memory
 * @param threads how many threads read, the caller included: 1 or more
 * @param progress called while the weights are read
 * @param warnings receives a line if tensors of the checkpoint are ignored
 * @param matrices receives each weight matrix before its weights are read
 * @param shapesOnly whether only names, types and shapes of the weights are read: the model then has all layers and cannot be run
 */
public record ReadOptions(
        WeightType type,
        int threads,
        Progress progress,
        Consumer<String> warnings,
        Consumer<Matrix> matrices,
        boolean shapesOnly) {
    /** The stored type, a thread for each processor, no calls for progress, and a {@link System.Logger} for warnings. */
    public static final ReadOptions DEFAULT = new ReadOptions(
            WeightType.STORED,
            Runtime.getRuntime().availableProcessors(),
            Progress.OFF,
            line -> System.getLogger(ReadOptions.class.getName()).log(System.Logger.Level.WARNING, line),
            matrix -> {},
            false);

    public ReadOptions {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(warnings, "warnings");
        Objects.requireNonNull(matrices, "matrices");
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread must read, got " + threads);
        }
    }

    /** The same with matrices of another type. */
    public ReadOptions type(WeightType other) {
        return new ReadOptions(other, threads, progress, warnings, matrices, shapesOnly);
    }

    /** The same with another number of threads. */
    public ReadOptions threads(int other) {
        return new ReadOptions(type, other, progress, warnings, matrices, shapesOnly);
    }

    /** The same with another receiver of warnings. */
    public ReadOptions warnings(Consumer<String> other) {
        return new ReadOptions(type, threads, progress, other, matrices, shapesOnly);
    }

    /** The same with another receiver of matrices. */
    public ReadOptions matrices(Consumer<Matrix> other) {
        return new ReadOptions(type, threads, progress, warnings, other, shapesOnly);
    }

    /** The same with another listener. */
    public ReadOptions progress(Progress other) {
        return new ReadOptions(type, threads, other, warnings, matrices, shapesOnly);
    }

    /** The same without reading the weights themselves. */
    public ReadOptions withoutWeights() {
        return new ReadOptions(type, threads, progress, warnings, matrices, true);
    }
}
