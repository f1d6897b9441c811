package dev.touchstone;

import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.Progress;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.WeightType;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to load and run a model. None of these settings changes a bit of the result. Immutable: each method returns a changed
 * copy.
 */
public final class LoadOptions {
    private static final LoadOptions DEFAULTS = new LoadOptions(
            null,
            null,
            Runtime.getRuntime().availableProcessors(),
            WeightType.STORED,
            Progress.OFF,
            line -> System.getLogger(LanguageModel.class.getName()).log(System.Logger.Level.WARNING, line));

    private final LanguageModel shared;
    private final KernelChoice kernels;
    private final int threads;
    private final WeightType weights;
    private final Progress progress;
    private final Consumer<String> warnings;

    private LoadOptions(
            LanguageModel shared,
            KernelChoice kernels,
            int threads,
            WeightType weights,
            Progress progress,
            Consumer<String> warnings) {
        this.shared = shared;
        this.kernels = kernels;
        this.threads = threads;
        this.weights = Objects.requireNonNull(weights, "weights");
        this.progress = Objects.requireNonNull(progress, "progress");
        this.warnings = Objects.requireNonNull(warnings, "warnings");
        if (threads < 1) {
            throw new TouchstoneException("threads must be at least 1, got " + threads);
        }
    }

    /** The vector kernels if the JVM has them, a thread for each processor, weights in their stored type. */
    public static LoadOptions defaults() {
        return DEFAULTS;
    }

    /** Which kernels compute. {@link KernelChoice#VECTOR} fails without the module {@code jdk.incubator.vector}. */
    public LoadOptions kernels(KernelChoice choice) {
        return new LoadOptions(null, Objects.requireNonNull(choice, "kernels"), threads, weights, progress, warnings);
    }

    /** How many threads read the weights, and how many the vector kernels use, the calling thread included. Default: one for each processor. */
    public LoadOptions threads(int count) {
        return new LoadOptions(null, kernels, count, weights, progress, warnings);
    }

    /** The type of weight matrices in memory. Default: {@link WeightType#STORED}. */
    public LoadOptions weights(WeightType type) {
        return new LoadOptions(shared, kernels, threads, type, progress, warnings);
    }

    /** Called while the weights are read. Default: no calls. */
    public LoadOptions progress(Progress listener) {
        return new LoadOptions(shared, kernels, threads, weights, listener, warnings);
    }

    /**
     * Receives a line for each condition that makes the model slow, such as a missing JVM flag. Default: a
     * {@link System.Logger} named after {@link LanguageModel}, at level warning.
     */
    public LoadOptions warnings(Consumer<String> receiver) {
        return new LoadOptions(shared, kernels, threads, weights, progress, receiver);
    }

    /**
     * Computes with the kernels and worker threads of {@code model}, as is best for a draft model, instead of its own. Closing
     * the new model leaves them open.
     */
    public LoadOptions sharedWith(LanguageModel model) {
        return new LoadOptions(model, kernels, threads, weights, progress, warnings);
    }

    /** The model whose kernels are used; null for new ones. */
    LanguageModel shared() {
        return shared;
    }

    /** How to read the weights, with as many threads as will compute. */
    ReadOptions reading() {
        return new ReadOptions(weights, threads, progress, warnings);
    }

    Kernels open() {
        return kernels == null ? KernelChoice.best(threads, warnings) : kernels.open(threads);
    }
}
