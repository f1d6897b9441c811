package dev.touchstone.checkpoint.walk;

import dev.touchstone.support.Totals;
import java.util.EnumMap;
import java.util.Map;

/** Counts the changes of {@code config.json} that are compared with Hugging Face, by what becomes of them. */
public final class WalkCount {
    /** What a change does. */
    enum Effect {
        OTHER_LOGITS,
        SAME_LOGITS,
        REFUSED_BY_BOTH,
        REFUSED_HERE,
        /** Hugging Face throws; here the value has no effect, or is null and means the default. */
        ACCEPTED_HERE
    }

    private static final Map<Effect, Integer> COUNTS = new EnumMap<>(Effect.class);

    private WalkCount() {}

    static synchronized void add(Effect effect) {
        COUNTS.merge(effect, 1, Integer::sum);
    }

    /** Adds the counts to the totals, if there are any. */
    public static synchronized void report(Totals totals) {
        if (!COUNTS.isEmpty()) {
            totals.line(
                    "config.json",
                    "against transformers': %,d changes; %,d change the logits alike, %,d leave them"
                            + " unchanged, %,d are refused by both, %,d here only, %,d there only",
                    COUNTS.values().stream().mapToInt(Integer::intValue).sum(),
                    count(Effect.OTHER_LOGITS),
                    count(Effect.SAME_LOGITS),
                    count(Effect.REFUSED_BY_BOTH),
                    count(Effect.REFUSED_HERE),
                    count(Effect.ACCEPTED_HERE));
        }
    }

    private static int count(Effect effect) {
        return COUNTS.getOrDefault(effect, 0);
    }
}
