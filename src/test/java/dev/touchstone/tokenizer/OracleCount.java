package dev.touchstone.tokenizer;

import dev.touchstone.support.Totals;
import java.util.concurrent.atomic.LongAdder;

/** Counts the comparisons with Hugging Face's library. */
public final class OracleCount {
    public static final LongAdder TEXTS = new LongAdder();
    public static final LongAdder DECODED = new LongAdder();
    static final LongAdder TOKENIZERS = new LongAdder();
    static final LongAdder SPLIT = new LongAdder();

    private OracleCount() {}

    /** Adds the counts to the totals, if there are any. */
    public static void report(Totals totals) {
        if (TEXTS.sum() > 0) {
            totals.line(
                    "tokenizer",
                    "against Hugging Face's: %,d texts encoded, %,d ids decoded, %,d characters split,"
                            + " %,d random tokenizers",
                    TEXTS.sum(),
                    DECODED.sum(),
                    SPLIT.sum(),
                    TOKENIZERS.sum());
        }
    }
}
