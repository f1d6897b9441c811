package dev.touchstone.zoo;

import dev.touchstone.generation.Executor;
import dev.touchstone.generation.FinishReason;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** D8 to D10 and D12: the loop does not stop, stops wrongly, prints too much, or uses other random numbers. */
final class DecodingBugs {
    static final List<Bug<Decoding>> ALL = List.of(
            new Bug<>(
                    "D8",
                    "the end-of-sequence token does not end the text",
                    "DJL TextGenerator",
                    settings(settings -> with(settings, settings.maxNewTokens(), Set.of())),
                    DecodingChecks.EOS_STOPS),
            new Bug<>(
                    "D8",
                    "generation stops only after the end-of-sequence token was printed",
                    "Jlama",
                    DecodingBugs::printsEndOfSequence,
                    DecodingChecks.EOS_IS_NOT_PRINTED),
            new Bug<>(
                    "D8",
                    "the first new token is not checked",
                    "DJL TextGenerator",
                    DecodingBugs::doesNotCheckTheFirst,
                    DecodingChecks.EOS_FIRST),
            new Bug<>(
                    "D8",
                    "the end of one row ends all rows",
                    "DJL TextGenerator",
                    DecodingBugs::stopsAll,
                    DecodingChecks.EOS_OF_ONE_ROW),
            new Bug<>(
                    "D8",
                    "only the first of several end-of-sequence tokens ends a text",
                    "",
                    settings(settings -> with(
                            settings,
                            settings.maxNewTokens(),
                            settings.eosIds().stream().sorted().limit(1).collect(Collectors.toSet()))),
                    DecodingChecks.EOS_OF_SEVERAL),
            new Bug<>(
                    "D9",
                    "the limit on new tokens includes the prompt",
                    "Jlama",
                    DecodingBugs::countsThePrompt,
                    DecodingChecks.LENGTH_COUNTS_NEW_TOKENS),
            new Bug<>(
                    "D10",
                    "a stop string that is split over tokens is missed",
                    "",
                    DecodingBugs::searchesEachTokenAlone,
                    DecodingChecks.SPLIT_STOP_STRING),
            new Bug<>(
                    "D10",
                    "a stop string is half printed",
                    "",
                    DecodingBugs::printsAtOnce,
                    DecodingChecks.STOP_STRING_NOT_PRINTED),
            new Bug<>(
                    "D12",
                    "the seed is ignored",
                    "Jlama",
                    settings(settings -> settings.withSampler(settings.sampler(), System.nanoTime())),
                    DecodingChecks.SEED),
            new Bug<>(
                    "D12",
                    "streaming uses other random numbers",
                    "Jlama",
                    (executor, tokenizer, prompts, settings, watcher) -> watcher == Decoding.SILENT
                            ? Decoding.REAL.generate(executor, tokenizer, prompts, settings, watcher)
                            : otherSeed(1).generate(executor, tokenizer, prompts, settings, watcher),
                    DecodingChecks.SEED_AND_STREAMING),
            new Bug<>(
                    "D12",
                    "the rows of a batch share their random numbers",
                    "",
                    (executor, tokenizer, prompts, settings, watcher) -> IntStream.range(0, prompts.size())
                            .mapToObj(row -> otherSeed(row)
                                    .generate(executor, tokenizer, List.of(prompts.get(row)), settings, watcher)
                                    .get(0))
                            .toList(),
                    DecodingChecks.SEED_AND_BATCH));

    private DecodingBugs() {}

    private static Decoding settings(UnaryOperator<Settings> change) {
        return (executor, tokenizer, prompts, settings, watcher) ->
                Decoding.REAL.generate(executor, tokenizer, prompts, change.apply(settings), watcher);
    }

    private static Settings with(Settings settings, int maxNewTokens, Set<Integer> eosIds) {
        return Settings.greedy(maxNewTokens, eosIds, settings.window())
                .withProcessors(settings.processors())
                .withSampler(settings.sampler(), settings.seed())
                .withStopStrings(settings.stopStrings());
    }

    private static Decoding otherSeed(long distance) {
        return settings(settings -> settings.withSampler(settings.sampler(), settings.seed() + distance));
    }

    private static List<Generation> printsEndOfSequence(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        return Decoding.REAL
                .generate(executor, tokenizer, prompts, settings, step -> {
                    String end = settings.eosIds().contains(step.id()) ? tokenizer.decode(step.id()) : "";
                    watcher.accept(new Step(
                            step.sequence(), step.index(), step.id(), step.logits(), step.scores(), step.text() + end));
                })
                .stream()
                .map(old -> new Generation(old.promptIds(), old.ids(), tokenizer.decode(old.ids()), old.finishReason()))
                .toList();
    }

    private static List<Generation> doesNotCheckTheFirst(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        List<int[]> longer =
                Decoding.REAL.generate(executor, tokenizer, prompts, with(settings, 1, Set.of()), watcher).stream()
                        .map(first -> join(first.promptIds(), first.ids()))
                        .toList();
        Settings fewer = with(settings, settings.maxNewTokens() - 1, settings.eosIds());
        return Decoding.REAL.generate(executor, tokenizer, longer, fewer, watcher).stream()
                .map(rest -> {
                    int first = rest.promptIds()[rest.promptIds().length - 1];
                    int[] ids = join(new int[] {first}, rest.ids());
                    return new Generation(rest.promptIds(), ids, tokenizer.decode(ids), rest.finishReason());
                })
                .toList();
    }

    private static List<Generation> stopsAll(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        List<Generation> generations = Decoding.REAL.generate(executor, tokenizer, prompts, settings, watcher);
        int first = generations.stream()
                .filter(generation -> generation.finishReason() == FinishReason.EOS)
                .mapToInt(generation -> generation.ids().length)
                .min()
                .orElse(settings.maxNewTokens());
        return generations.stream()
                .map(generation -> cut(generation, first, tokenizer))
                .toList();
    }

    private static List<Generation> countsThePrompt(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        return prompts.stream()
                .map(prompt -> {
                    int left = Math.max(0, settings.maxNewTokens() - prompt.length);
                    Settings fewer = with(settings, left, settings.eosIds());
                    return Decoding.REAL
                            .generate(executor, tokenizer, List.of(prompt), fewer, watcher)
                            .get(0);
                })
                .toList();
    }

    private static List<Generation> searchesEachTokenAlone(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        Settings never = settings.withStopStrings(List.of());
        return Decoding.REAL.generate(executor, tokenizer, prompts, never, watcher).stream()
                .map(generation -> {
                    for (int i = 0; i < generation.ids().length; i++) {
                        String token = tokenizer.decode(generation.ids()[i]);
                        if (settings.stopStrings().stream().anyMatch(token::contains)) {
                            return cut(generation, i, tokenizer);
                        }
                    }
                    return generation;
                })
                .toList();
    }

    private static List<Generation> printsAtOnce(
            Executor executor, Tokenizer tokenizer, List<int[]> prompts, Settings settings, Consumer<Step> watcher) {
        List<Generation> generations = Decoding.REAL.generate(executor, tokenizer, prompts, settings, Decoding.SILENT);
        Decoding.REAL.generate(executor, tokenizer, prompts, settings.withStopStrings(List.of()), step -> {
            if (step.index() < generations.get(step.sequence()).ids().length) {
                watcher.accept(step);
            }
        });
        return generations;
    }

    private static Generation cut(Generation generation, int length, Tokenizer tokenizer) {
        int[] ids = Arrays.copyOf(generation.ids(), Math.min(length, generation.ids().length));
        return new Generation(generation.promptIds(), ids, tokenizer.decode(ids), generation.finishReason());
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
