package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.BeamSearch;
import dev.touchstone.generation.Beams;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
import dev.touchstone.generation.Step;
import java.util.Locale;
import java.util.function.Consumer;

/** A way to continue a prompt: token by token, with drafts, or with beams. */
interface Way {
    /** {@code watcher} sees every token as it is made, unless the way only knows at the end. */
    Generation generate(int[] prompt, Settings settings, Consumer<Step> watcher);

    /** What a person may want to know of it afterwards; empty if nothing. */
    default String note() {
        return "";
    }

    /** The same for a program. */
    default void describe(ObjectNode json) {}

    static Way plain(LoadedModel model, Executor executor) {
        return new Generator(executor, model.tokenizer())::generate;
    }

    static Way beams(LoadedModel model, Executor executor, Beams beams) {
        return (prompt, settings, watcher) ->
                new BeamSearch(executor, model.tokenizer()).generate(prompt, settings, beams);
    }

    /** With drafts; knows what they were worth. */
    final class Speculative implements Way {
        private final SpeculativeGenerator generator;
        private Statistics statistics;

        Speculative(SpeculativeGenerator generator) {
            this.generator = generator;
        }

        @Override
        public Generation generate(int[] prompt, Settings settings, Consumer<Step> watcher) {
            SpeculativeGenerator.Result result = generator.generate(prompt, settings, watcher);
            statistics = result.statistics();
            return result.generation();
        }

        @Override
        public String note() {
            return String.format(
                    Locale.ROOT,
                    "; %d of %d drafted tokens accepted (%.0f%%), %.2f tokens a pass",
                    statistics.accepted(),
                    statistics.proposed(),
                    100 * statistics.acceptanceRate(),
                    statistics.tokensPerPass());
        }

        @Override
        public void describe(ObjectNode json) {
            json.putObject("speculation")
                    .put("proposed", statistics.proposed())
                    .put("accepted", statistics.accepted())
                    .put("acceptance_rate", statistics.acceptanceRate())
                    .put("passes", statistics.passes())
                    .put("tokens_per_pass", statistics.tokensPerPass());
        }
    }
}
