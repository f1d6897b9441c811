package dev.touchstone.zoo;

import dev.touchstone.kernels.Scoring;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** F16 in Falcon, whose ALiBi is rounded to bfloat16 and multiplied by the scale of the scores, and in MPT. */
final class AlibiBugs {
    private static final String FALCON = "tiny-falcon-alibi";
    private static final String SCORES = "h.0.self_attention.scores";

    static final List<ForwardBug> ALL = List.of(
            scoring("ALiBi not rounded to bfloat16", FALCON, SCORES, old -> plain(old, old.scale())),
            scoring("ALiBi added after the scale", FALCON, SCORES, old -> plain(old, 1)),
            scoring(
                    "ALiBi added twice, as in Hugging Face's eager mode",
                    FALCON,
                    SCORES,
                    old -> plain(old, 2 * old.scale())),
            scoring("no ALiBi", FALCON, SCORES, old -> new Scoring(old.scale())),
            scoring(
                    "slopes as for a power of two",
                    FALCON,
                    SCORES,
                    old -> old.withAlibiInBfloat16(powers(-8.0 / 10, 10))),
            scoring(
                    "slopes of the next power of two",
                    "tiny-mpt",
                    "blocks.0.attn.scores",
                    old -> new Scoring(old.scale(), 0, old.window(), powers(-1, 5))),
            scoring(
                    "slopes as for a power of two",
                    "tiny-mpt",
                    "blocks.0.attn.scores",
                    old -> new Scoring(old.scale(), 0, old.window(), powers(-8.0 / 5, 5))));

    private AlibiBugs() {}

    private static ForwardBug scoring(String what, String fixture, String tap, UnaryOperator<Scoring> change) {
        return ForwardBug.of("F16", what, "", tap, Plant.model(model -> Surgery.scoring(model, 0, change)))
                .in(fixture);
    }

    /** Without rounding, with a factor on the slopes. */
    private static Scoring plain(Scoring old, double factor) {
        List<Double> slopes = old.slopes().stream().map(slope -> slope * factor).toList();
        return new Scoring(old.scale(), old.cap(), old.window(), slopes);
    }

    /** {@code 2^(step (h + 1))} for each head. */
    private static List<Double> powers(double step, int heads) {
        return IntStream.rangeClosed(1, heads)
                .mapToObj(h -> Math.pow(2, step * h))
                .toList();
    }
}
