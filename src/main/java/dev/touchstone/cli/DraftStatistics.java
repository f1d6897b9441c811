package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.SpeculativeGenerator.Result;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
import java.util.Locale;

/** How many drafted tokens a speculative generation accepted. */
final class DraftStatistics {
    private DraftStatistics() {}

    /** As text, to be added to the statistics. */
    static String note(Result result) {
        Statistics statistics = result.statistics();
        return String.format(
                Locale.ROOT,
                "; %d of %d drafted tokens accepted (%.0f%%), %.2f tokens per pass",
                statistics.accepted(),
                statistics.proposed(),
                100 * statistics.acceptanceRate(),
                statistics.tokensPerPass());
    }

    /** As JSON. */
    static void describe(Result result, ObjectNode json) {
        Statistics statistics = result.statistics();
        json.putObject("speculation")
                .put("proposed", statistics.proposed())
                .put("accepted", statistics.accepted())
                .put("acceptance_rate", statistics.acceptanceRate())
                .put("passes", statistics.passes())
                .put("tokens_per_pass", statistics.tokensPerPass());
    }
}
