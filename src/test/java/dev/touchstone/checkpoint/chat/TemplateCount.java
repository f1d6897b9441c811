package dev.touchstone.checkpoint.chat;

import dev.touchstone.support.Totals;
import java.util.concurrent.atomic.LongAdder;

/** Counts the texts of chat templates that are compared with transformers'. */
public final class TemplateCount {
    private static final LongAdder TEXTS = new LongAdder();
    private static final LongAdder ERRORS = new LongAdder();

    private TemplateCount() {}

    public static void text() {
        TEXTS.increment();
    }

    public static void error() {
        ERRORS.increment();
    }

    /** Adds the counts to the totals, if there are any. */
    public static void report(Totals totals) {
        if (TEXTS.sum() > 0) {
            totals.line(
                    "chat templates",
                    "against transformers': %,d texts the same, %,d refused by both",
                    TEXTS.sum(),
                    ERRORS.sum());
        }
    }
}
