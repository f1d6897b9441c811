package dev.touchstone.tokenizer;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Counts what the tests ask Hugging Face's library, each question a comparison; prints it at the end of the run. */
public final class OracleCount implements TestExecutionListener {
    static final LongAdder TEXTS = new LongAdder();
    static final LongAdder DECODED = new LongAdder();
    static final LongAdder SPLIT = new LongAdder();

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (TEXTS.sum() > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "Touchstone, tokenizer against Hugging Face's: %,d texts encoded, %,d ids decoded, %,d characters split%n",
                    TEXTS.sum(),
                    DECODED.sum(),
                    SPLIT.sum());
        }
    }
}
