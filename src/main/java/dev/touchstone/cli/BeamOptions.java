package dev.touchstone.cli;

import dev.touchstone.Sampling;
import dev.touchstone.generation.Beams.EarlyStopping;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of beam search. */
final class BeamOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--beams",
            paramLabel = "N",
            description = "Beam search: keep the N most likely texts at each step, and print the best one at the end.")
    private Integer count;

    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            description =
                    "With --beams: the score of a text is its log-probability divided by its length to the power of X."
                            + " Above 0 favors long texts, below 0 short ones. Default: 1.")
    private Double lengthPenalty;

    @Option(
            names = "--early-stopping",
            paramLabel = "true|false|never",
            description =
                    "With --beams: stop when N texts are finished (true), when in addition no running beam has a better"
                            + " score now (false), or when none can reach a better score (never). Default: false.")
    private EarlyStopping earlyStopping;

    boolean areGiven() {
        return count != null;
    }

    void check(GenerationOptions generation) {
        Usage usage = new Usage(command);
        usage.needs(areGiven(), "--beams", "--length-penalty", "--early-stopping");
        if (areGiven()) {
            usage.check(() -> apply(Sampling.greedy()));
            usage.refuse(
                    generation.samples(),
                    "--beams and " + generation.samplingOptions() + " exclude each other: leave out one");
            usage.refuse(generation.stopsAtTexts(), "--beams and --stop exclude each other: leave out one");
        }
    }

    /** The sampling with beams, if they are given. */
    Sampling apply(Sampling sampling) {
        Sampling search = areGiven() ? sampling.beams(count) : sampling;
        search = lengthPenalty == null ? search : search.lengthPenalty(lengthPenalty);
        return earlyStopping == null ? search : search.earlyStopping(earlyStopping);
    }
}
