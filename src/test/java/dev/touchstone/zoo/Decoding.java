package dev.touchstone.zoo;

import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/** The interface of {@link Generator}, which bugs in the loop implement. */
@FunctionalInterface
interface Decoding {
    Decoding REAL = (executor, tokenizer, prompts, settings, watcher) ->
            new Generator(executor, tokenizer).generate(prompts, settings, watcher);

    /** Ignores all steps. */
    Consumer<Step> SILENT = step -> {};

    List<Generation> generate(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher);
}
