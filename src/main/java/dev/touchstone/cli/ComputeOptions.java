package dev.touchstone.cli;

import dev.touchstone.Sampling;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How logits are made. It changes how fast the answer comes, never a bit of it. */
final class ComputeOptions {
    @Mixin
    private final KernelOptions kernels = new KernelOptions();

    @Option(
            names = "--no-cache",
            description =
                    "Compute keys and values of the whole text again at each step. Slower; the result is identical.")
    private boolean noCache;

    void check() {
        kernels.check();
    }

    KernelOptions kernels() {
        return kernels;
    }

    boolean usesCache() {
        return !noCache;
    }

    Sampling apply(Sampling sampling) {
        return noCache ? sampling.useCache(false) : sampling;
    }
}
