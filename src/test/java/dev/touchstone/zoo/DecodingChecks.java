package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.FinishReason;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.generation.Window;
import dev.touchstone.support.ScriptExecutor;
import dev.touchstone.support.SplitText;
import dev.touchstone.support.TableExecutor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Checks of the generation loop: where a text ends, what is printed, and which random numbers it uses. */
final class DecodingChecks {
    private static final Window WINDOW = Window.error(64);
    private static final Tokenizer LETTERS = SplitText.tokenizer("a", "b", "c", "d", "<end>", "<stop>");
    private static final ScriptExecutor SCRIPTS = new ScriptExecutor(6, new int[][] {
        {0, 1, 4, 2, 2, 2},
        {3, 3, 3, 3, 3, 5},
        {4, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0},
    });
    private static final int LENGTH = 6;

    static final Check<Decoding> EOS_STOPS = check("the end-of-sequence token ends the text", decoding -> {
        Generation generation = scripts(decoding, Set.of(4), 0).get(0);

        assertThat(generation.ids()).containsExactly(0, 1, 4);
        assertThat(generation.finishReason()).isEqualTo(FinishReason.EOS);
    });

    static final Check<Decoding> EOS_IS_NOT_PRINTED = check("the end-of-sequence token is not printed", decoding -> {
        StringBuilder printed = new StringBuilder();
        Settings settings = Settings.greedy(LENGTH, Set.of(4), WINDOW);
        Generation generation = decoding.generate(
                        SCRIPTS, LETTERS, prompts(0), settings, step -> printed.append(step.text()))
                .get(0);

        assertThat(generation.text()).isEqualTo("ab");
        assertThat(printed).hasToString("ab");
    });

    static final Check<Decoding> EOS_FIRST = check("the first new token can end the text", decoding -> {
        Generation generation = scripts(decoding, Set.of(4), 2).get(0);

        assertThat(generation.ids()).containsExactly(4);
        assertThat(generation.text()).isEmpty();
    });

    static final Check<Decoding> EOS_OF_ONE_ROW = check("the end of one row does not end another", decoding -> {
        List<Generation> generations = scripts(decoding, Set.of(4), 0, 3);

        assertThat(generations.get(0).ids()).containsExactly(0, 1, 4);
        assertThat(generations.get(1).ids()).containsExactly(0, 0, 0, 0, 0, 0);
        assertThat(generations.get(1).finishReason()).isEqualTo(FinishReason.LENGTH);
    });

    static final Check<Decoding> EOS_OF_SEVERAL =
            check("each of several end-of-sequence tokens ends a text", decoding -> {
                List<Generation> generations = scripts(decoding, Set.of(4, 5), 0, 1);

                assertThat(generations.get(0).ids()).containsExactly(0, 1, 4);
                assertThat(generations.get(1).ids()).containsExactly(3, 3, 3, 3, 3, 5);
                assertThat(generations).extracting(Generation::finishReason).containsOnly(FinishReason.EOS);
            });

    static final Check<Decoding> LENGTH_COUNTS_NEW_TOKENS =
            check("the number of new tokens does not depend on the length of the prompt", decoding -> {
                TableExecutor executor = new TableExecutor(6, 1);
                Settings settings = Settings.greedy(5, Set.of(), WINDOW);
                List<int[]> prompts = List.of(new int[] {1}, new int[] {1, 2, 3}, new int[] {0, 1, 2, 3, 4, 5, 0});

                assertThat(decoding.generate(executor, LETTERS, prompts, settings, Decoding.SILENT))
                        .extracting(generation -> generation.ids().length)
                        .containsExactly(5, 5, 5);
            });

    static final Check<Decoding> SPLIT_STOP_STRING =
            check("a stop string is found however tokens split it", decoding -> {
                for (int cuts = 0; cuts < 1 << 9; cuts++) {
                    Generation generation = stopped(decoding, cuts, new StringBuilder());

                    assertThat(generation.text()).as("cuts %s", cuts).isEqualTo("aé<");
                    assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
                }
            });

    static final Check<Decoding> STOP_STRING_NOT_PRINTED =
            check("no part of a stop string is printed, however tokens split it", decoding -> {
                for (int cuts = 0; cuts < 1 << 9; cuts++) {
                    StringBuilder printed = new StringBuilder();
                    stopped(decoding, cuts, printed);

                    assertThat(printed).as("cuts %s", cuts).hasToString("aé<");
                }
            });

    static final Check<Decoding> SEED =
            check("the same seed gives the same text, another seed another text", decoding -> {
                Set<List<Integer>> texts = new HashSet<>();
                for (long seed = 0; seed < 20; seed++) {
                    List<Integer> text =
                            draw(decoding, seed, List.of(1), Decoding.SILENT).get(0);

                    assertThat(draw(decoding, seed, List.of(1), Decoding.SILENT).get(0))
                            .isEqualTo(text);
                    texts.add(text);
                }
                assertThat(texts).hasSizeGreaterThan(15);
            });

    static final Check<Decoding> SEED_AND_STREAMING =
            check("streaming does not change the sampled tokens", decoding -> {
                for (long seed = 0; seed < 20; seed++) {
                    List<Integer> streamed = new ArrayList<>();
                    List<Integer> returned = draw(decoding, seed, List.of(1), step -> streamed.add(step.id()))
                            .get(0);

                    assertThat(returned).isEqualTo(streamed);
                    assertThat(returned)
                            .isEqualTo(draw(decoding, seed, List.of(1), Decoding.SILENT)
                                    .get(0));
                }
            });

    static final Check<Decoding> SEED_AND_BATCH = check("a row samples the same tokens as alone", decoding -> {
        for (long seed = 0; seed < 20; seed++) {
            List<List<Integer>> together = draw(decoding, seed, List.of(1, 2, 3), Decoding.SILENT);

            for (int row = 0; row < together.size(); row++) {
                assertThat(together.get(row))
                        .isEqualTo(draw(decoding, seed, List.of(row + 1), Decoding.SILENT)
                                .get(0));
            }
        }
    });

    static final List<Check<Decoding>> ALL = List.of(
            EOS_STOPS,
            EOS_IS_NOT_PRINTED,
            EOS_FIRST,
            EOS_OF_ONE_ROW,
            EOS_OF_SEVERAL,
            LENGTH_COUNTS_NEW_TOKENS,
            SPLIT_STOP_STRING,
            STOP_STRING_NOT_PRINTED,
            SEED,
            SEED_AND_STREAMING,
            SEED_AND_BATCH);

    private DecodingChecks() {}

    private static Check<Decoding> check(String name, Consumer<Decoding> assertion) {
        return new Check<>(name, assertion);
    }

    private static List<Generation> scripts(Decoding decoding, Set<Integer> eosIds, int... scripts) {
        Settings settings = Settings.greedy(LENGTH, eosIds, WINDOW);
        return decoding.generate(SCRIPTS, LETTERS, prompts(scripts), settings, Decoding.SILENT);
    }

    private static List<int[]> prompts(int... firsts) {
        return Arrays.stream(firsts).mapToObj(first -> new int[] {first}).toList();
    }

    /** A text of ten bytes with a stop string in the middle. A new token starts at each byte whose bit is set. */
    private static Generation stopped(Decoding decoding, int cuts, StringBuilder printed) {
        Set<Integer> offsets = new HashSet<>();
        for (int offset = 1; offset <= 9; offset++) {
            if ((cuts >> offset - 1 & 1) == 1) {
                offsets.add(offset);
            }
        }
        SplitText split = SplitText.of("aé<<é>b<a", offsets);
        ScriptExecutor executor = new ScriptExecutor(split.tokenizer().vocabularySize(), split.ids());
        Settings settings =
                Settings.greedy(split.ids().length, Set.of(), WINDOW).withStopStrings(List.of("<é>", "é>>"));
        return decoding.generate(executor, split.tokenizer(), prompts(0), settings, step -> printed.append(step.text()))
                .get(0);
    }

    private static List<List<Integer>> draw(
            Decoding decoding, long seed, List<Integer> firsts, Consumer<Step> watcher) {
        Settings settings = Settings.greedy(12, Set.of(), WINDOW).withSampler(Sampler.MULTINOMIAL, seed);
        List<int[]> prompts = firsts.stream().map(first -> new int[] {first}).toList();
        return decoding.generate(new TableExecutor(6, 1), LETTERS, prompts, settings, watcher).stream()
                .map(generation -> Arrays.stream(generation.ids()).boxed().toList())
                .toList();
    }
}
