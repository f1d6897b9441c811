package dev.touchstone.zoo;

import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Consumer;

/** What {@link Generator} does, as a seam for bugs around its loop. */
@FunctionalInterface
interface Decoding {
    Decoding REAL = (executor, tokenizer, prompts, settings, watcher) ->
            new Generator(executor, tokenizer).generate(prompts, settings, watcher);

    /** Nobody reads along. */
    Consumer<Step> SILENT = step -> {};

    List<Generation> generate(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher);
}
