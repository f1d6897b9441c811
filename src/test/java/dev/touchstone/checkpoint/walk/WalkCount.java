package dev.touchstone.checkpoint.walk;

import dev.touchstone.support.Totals;
import java.util.EnumMap;
import java.util.Map;

/** Counts the changes of a checkpoint that are compared with Hugging Face, by what becomes of them. */
public enum WalkCount {
    CONFIG("config.json"),
    NAMES("tensor names");

    /** What a change does. */
    enum Effect {
        OTHER_LOGITS,
        SAME_LOGITS,
        REFUSED_BY_BOTH,
        REFUSED_HERE,
        /** Hugging Face throws; here the value has no effect, or is null and means the default. */
        ACCEPTED_HERE
    }

    private final String label;
    private final Map<Effect, Integer> counts = new EnumMap<>(Effect.class);

    WalkCount(String label) {
        this.label = label;
    }

    synchronized void add(Effect effect) {
        counts.merge(effect, 1, Integer::sum);
    }

    /** Adds the counts to the totals, if there are any. */
    public static void report(Totals totals) {
        for (WalkCount count : values()) {
            count.line(totals);
        }
    }

    private synchronized void line(Totals totals) {
        if (!counts.isEmpty()) {
            totals.line(
                    label,
                    "against transformers': %,d changes; %,d change the logits alike, %,d leave them unchanged, %,d are"
                            + " refused by both, %,d here only, %,d there only",
                    counts.values().stream().mapToInt(Integer::intValue).sum(),
                    count(Effect.OTHER_LOGITS),
                    count(Effect.SAME_LOGITS),
                    count(Effect.REFUSED_BY_BOTH),
                    count(Effect.REFUSED_HERE),
                    count(Effect.ACCEPTED_HERE));
        }
    }

    private int count(Effect effect) {
        return counts.getOrDefault(effect, 0);
    }
}
