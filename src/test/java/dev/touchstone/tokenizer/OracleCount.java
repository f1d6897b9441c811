package dev.touchstone.tokenizer;

import dev.touchstone.support.Totals;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the tests ask Hugging Face's library, each question a comparison. */
public final class OracleCount {
    static final LongAdder TEXTS = new LongAdder();
    static final LongAdder DECODED = new LongAdder();
    static final LongAdder SPLIT = new LongAdder();

    private OracleCount() {}

    /** Says what was asked; nothing if nothing was. */
    public static void report(Totals totals) {
        if (TEXTS.sum() > 0) {
            totals.line(
                    "tokenizer",
                    "against Hugging Face's: %,d texts encoded, %,d ids decoded, %,d characters split",
                    TEXTS.sum(),
                    DECODED.sum(),
                    SPLIT.sum());
        }
    }
}
