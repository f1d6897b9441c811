package dev.touchstone.spark;

import dev.touchstone.generation.Generation;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What this JVM has computed since it started. Attempts whose output was not used are included. */
final class ExecutorWork {
    private static final LongAdder ROWS = new LongAdder();
    private static final LongAdder ERRORS = new LongAdder();
    private static final LongAdder PROMPT_TOKENS = new LongAdder();
    private static final LongAdder NEW_TOKENS = new LongAdder();

    /** By the names of the metrics. */
    static final Map<String, LongAdder> TOTALS =
            Map.of("rows", ROWS, "errors", ERRORS, "prompt_tokens", PROMPT_TOKENS, "new_tokens", NEW_TOKENS);

    private ExecutorWork() {}

    static void addAnswer(Generation made) {
        ROWS.increment();
        PROMPT_TOKENS.add(made.promptIds().length);
        NEW_TOKENS.add(made.ids().length);
    }

    static void addError() {
        ERRORS.increment();
    }
}
