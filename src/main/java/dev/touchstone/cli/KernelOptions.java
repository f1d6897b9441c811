package dev.touchstone.cli;

import dev.touchstone.LoadOptions;
import dev.touchstone.kernels.KernelChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that choose the kernels. They change the speed, no bit of the result. */
final class KernelOptions {
    /** More than any machine has cores; each thread takes memory. */
    private static final int MOST_THREADS = 4096;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--kernels",
            paramLabel = "scalar|vector",
            description =
                    "The reference kernels, which use one thread (scalar), or the Vector API on several threads (vector)."
                            + " The results are identical. Default: vector.")
    private KernelChoice choice;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "The number of threads of the vector kernels. Default: one for each core.")
    private Integer threads;

    void check() {
        Usage usage = new Usage(command);
        usage.refuse(threads != null && threads < 1, "--threads must be at least 1, got " + threads);
        usage.refuse(
                threads != null && threads > MOST_THREADS,
                "--threads must be at most " + MOST_THREADS + ", got " + threads);
        usage.refuse(
                threads != null && choice == KernelChoice.SCALAR,
                "--threads and --kernels scalar exclude each other: leave out one");
    }

    LoadOptions options(Console console) {
        LoadOptions options = LoadOptions.defaults().warnings(console::note);
        options = threads == null ? options : options.threads(threads);
        return choice == null ? options : options.kernels(choice);
    }
}
