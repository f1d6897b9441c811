package dev.touchstone;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import dev.touchstone.weights.Progress;
import dev.touchstone.weights.ReadOptions;
import dev.touchstone.weights.WeightType;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to load and run a model. Apart from the chat template none of these settings changes a bit of the result. Immutable: each
 * method returns a changed copy.
 */
public final class LoadOptions {
    private static final LoadOptions DEFAULTS = new LoadOptions(
            null,
            null,
            ReadOptions.DEFAULT.warnings(
                    line -> System.getLogger(LanguageModel.class.getName()).log(System.Logger.Level.WARNING, line)),
            null);

    private final LanguageModel shared;
    private final KernelChoice kernels;
    private final ReadOptions reading;
    /** Null for the model's own. */
    private final TemplateFile template;

    private record TemplateFile(String path, String text) {}

    private LoadOptions(LanguageModel shared, KernelChoice kernels, ReadOptions reading, TemplateFile template) {
        this.shared = shared;
        this.kernels = kernels;
        this.reading = reading;
        this.template = template;
    }

    /** The vector kernels if the JVM has them, a thread for each processor, weights in their stored type. */
    public static LoadOptions defaults() {
        return DEFAULTS;
    }

    /** Which kernels compute. {@link KernelChoice#VECTOR} fails without the module {@code jdk.incubator.vector}. */
    public LoadOptions kernels(KernelChoice choice) {
        return new LoadOptions(null, Objects.requireNonNull(choice, "kernels"), reading, template);
    }

    /**
     * How many threads read the weights, and how many the vector kernels use, the calling thread included. Default: one for
     * each processor.
     */
    public LoadOptions threads(int count) {
        if (count < 1) {
            throw new TouchstoneException("threads must be at least 1, got " + count);
        }
        return new LoadOptions(null, kernels, reading.threads(count), template);
    }

    /** The type of weight matrices in memory. Default: {@link WeightType#STORED}. */
    public LoadOptions weights(WeightType type) {
        return new LoadOptions(shared, kernels, reading.type(type), template);
    }

    /** Called while the weights are read. Default: no calls. */
    public LoadOptions progress(Progress listener) {
        return new LoadOptions(shared, kernels, reading.progress(listener), template);
    }

    /**
     * Receives a line for each condition that makes the model slow, such as a missing JVM flag, and one if tensors of the
     * checkpoint are ignored. Default: a {@link System.Logger} named after {@link LanguageModel}, at level warning.
     */
    public LoadOptions warnings(Consumer<String> receiver) {
        return new LoadOptions(shared, kernels, reading.warnings(receiver), template);
    }

    /**
     * Shares the kernels and worker threads of {@code model}, which is best for a draft model. Closing the new model does not
     * close them.
     */
    public LoadOptions sharedWith(LanguageModel model) {
        return new LoadOptions(model, kernels, reading, template);
    }

    /** Uses the chat template in a file instead of that of the model. The file is read by this method. */
    public LoadOptions chatTemplate(Path file) {
        return new LoadOptions(shared, kernels, reading, new TemplateFile(file.toString(), Utf8.read(file)));
    }

    /** The model with the chat template of these options, if there is one. */
    LoadedModel withChatTemplate(LoadedModel model) {
        return template == null ? model : model.withChatTemplate(template.path, template.text);
    }

    /** The model whose kernels are used; null for new ones. */
    LanguageModel shared() {
        return shared;
    }

    /** How to read the weights, with as many threads as will compute. */
    ReadOptions reading() {
        return reading;
    }

    Kernels open() {
        int threads = reading.threads();
        return kernels == null ? KernelChoice.best(threads, reading.warnings()) : kernels.open(threads);
    }
}
