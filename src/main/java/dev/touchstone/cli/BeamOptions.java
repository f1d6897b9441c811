package dev.touchstone.cli;

import dev.touchstone.Sampling;
import dev.touchstone.generation.Beams.EarlyStopping;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Beam search. */
final class BeamOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--beams",
            paramLabel = "N",
            description = "Follow the N likeliest texts side by side and print the best at the end.")
    private Integer count;

    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            description = "With --beams: above 0 favours long texts, below 0 short ones. Default: 1.")
    private Double lengthPenalty;

    @Option(
            names = "--early-stopping",
            paramLabel = "true|false|never",
            description =
                    "With --beams: stop as soon as there are N finished texts (true), when the best beam now is no"
                            + " better than they (false, the default), or when none can become better (never).")
    private EarlyStopping earlyStopping;

    boolean areWanted() {
        return count != null;
    }

    void check(GenerationOptions generation) {
        Usage usage = new Usage(command);
        usage.needs(areWanted(), "--beams", "--length-penalty", "--early-stopping");
        if (areWanted()) {
            usage.check(() -> apply(Sampling.greedy()));
            usage.refuse(
                    generation.draws(),
                    "--beams takes the likeliest texts, but " + generation.drawing() + " asks to draw: leave out one");
            usage.refuse(
                    generation.stopsAtTexts(),
                    "--beams ends a text at its end-of-sequence token, not at --stop: leave out one");
        }
    }

    /** The sampling with beams, if they are asked for. */
    Sampling apply(Sampling sampling) {
        Sampling search = areWanted() ? sampling.beams(count) : sampling;
        search = lengthPenalty == null ? search : search.lengthPenalty(lengthPenalty);
        return earlyStopping == null ? search : search.earlyStopping(earlyStopping);
    }
}
