package dev.touchstone.cli;

import dev.touchstone.LoadOptions;
import dev.touchstone.kernels.KernelChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Who computes. It changes how fast the answer comes, never a bit of it. */
final class KernelOptions {
    /** More than any machine's cores; a system has not room for any number of them. */
    private static final int MOST_THREADS = 4096;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--kernels",
            paramLabel = "scalar|vector",
            description = "The definition on one thread, or the Vector API on several. Default: vector.")
    private KernelChoice choice;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads the vector kernels use. Default: one for each core.")
    private Integer threads;

    void check() {
        Usage usage = new Usage(command);
        usage.refuse(threads != null && threads < 1, "--threads must be at least 1, got " + threads);
        usage.refuse(
                threads != null && threads > MOST_THREADS,
                "--threads must be at most " + MOST_THREADS + ", got " + threads);
        usage.refuse(
                threads != null && choice == KernelChoice.SCALAR, "--threads is for the vector kernels: leave out one");
    }

    LoadOptions options(Console console) {
        LoadOptions options = LoadOptions.defaults().warnings(console::note);
        options = threads == null ? options : options.threads(threads);
        return choice == null ? options : options.kernels(choice);
    }
}
