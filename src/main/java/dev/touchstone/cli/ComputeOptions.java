package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.kernels.Kernels;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How logits are made. It changes how fast the answer comes, never a bit of it. */
final class ComputeOptions {
    @Mixin
    private final KernelOptions kernels = new KernelOptions();

    @Option(
            names = "--no-cache",
            description = "Read the whole text again at each step, as the plainest description of generation has it.")
    private boolean noCache;

    void check() {
        kernels.check();
    }

    Executor executor(LoadedModel model, Kernels kernels) {
        return noCache
                ? new NaiveExecutor(model.transformer(), kernels)
                : new CachedExecutor(model.transformer(), kernels);
    }

    Kernels kernels(Console console) {
        return kernels.kernels(console);
    }
}
