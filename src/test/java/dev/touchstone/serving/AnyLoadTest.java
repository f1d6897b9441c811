package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Request.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** What a request gets does not depend on load: arrivals, cancels, limits and other requests change no bit. */
class AnyLoadTest {
    /**
     * A request, and when it arrives and is cancelled.
     *
     * @param text which of a few texts the prompt is the beginning of, so that prompts have common prefixes
     * @param lastToken whether the prompt's last token is another one than that of the text
     * @param cancelled after how many steps it is cancelled; 0 for never
     */
    record Arrival(
            int step, int client, Prompt prompt, Continuation continuation, Wanted wanted, int cancelled, long seed) {}

    record Prompt(int text, int length, boolean lastToken) {}

    record Continuation(int tokens, boolean random, boolean stops, int stride) {}

    /**
     * @param pages how many pages of keys and values there are in addition to those that the largest request needs
     */
    record Load(String model, List<Arrival> arrivals, int pages, int budget, int chunk, int running) {}

    private static long hits;
    private static long cancels;

    @AfterContainer
    static void everythingHappened() {
        assertThat(hits).isPositive();
        assertThat(cancels).isPositive();
    }

    @Property(tries = 25)
    void changesNothing(@ForAll("loads") Load load) {
        Transformer model = TinyModels.ALL.get(load.model);
        List<Request> requests =
                load.arrivals.stream().map(arrival -> request(arrival, model)).toList();
        Replay replay = new Replay(model, limits(load, requests, model));
        List<Recorder> recorders = new ArrayList<>();
        int last = load.arrivals.stream().mapToInt(Arrival::step).max().orElseThrow();

        for (int step = 0; step <= last; step++) {
            for (int i = 0; i < load.arrivals.size(); i++) {
                Arrival arrival = load.arrivals.get(i);
                if (arrival.step == step) {
                    recorders.add(replay.add(requests.get(i)));
                }
                if (arrival.cancelled > 0 && arrival.step + arrival.cancelled == step) {
                    replay.cancel(recorders.get(arrivedBefore(load.arrivals, i)));
                }
            }
            replay.step();
        }
        replay.finish();

        hits += replay.statistics().tokens().hit();
        cancels += replay.statistics().ends().get(Outcome.CANCELLED);
        for (int i = 0; i < requests.size(); i++) {
            Recorder recorder = recorders.get(arrivedBefore(load.arrivals, i));
            assertThat(recorder.end().outcome())
                    .isIn(
                            load.arrivals.get(i).cancelled > 0
                                    ? List.of(Outcome.FINISHED, Outcome.CANCELLED)
                                    : List.of(Outcome.FINISHED));
            Replay.alone(requests.get(i), model).assertEquals(recorder);
        }
    }

    /** The index of a request among all, in the order of their arrival. */
    private static int arrivedBefore(List<Arrival> arrivals, int index) {
        int count = 0;
        for (int i = 0; i < arrivals.size(); i++) {
            int step = arrivals.get(i).step;
            int own = arrivals.get(index).step;
            count += step < own || step == own && i < index ? 1 : 0;
        }
        return count;
    }

    private static Limits limits(Load load, List<Request> requests, Transformer model) {
        int most = requests.stream()
                .mapToInt(request -> model.caches()
                        .mostPages(
                                Math.min(
                                        TinyModels.POSITIONS,
                                        request.prompt().length
                                                + request.settings().maxNewTokens()),
                                load.budget))
                .max()
                .orElseThrow();
        return Limits.defaults()
                .withPageBytes(TinyModels.bytes(model, most + load.pages))
                .withRunning(Math.min(load.running, load.budget))
                .withStepTokens(load.budget)
                .withChunkTokens(load.chunk);
    }

    private static Request request(Arrival arrival, Transformer model) {
        int vocabulary = model.shape().vocabulary();
        int[] prompt = new Random(arrival.prompt.text)
                .ints(arrival.prompt.length, 0, vocabulary)
                .toArray();
        if (arrival.prompt.lastToken) {
            prompt[prompt.length - 1] = (prompt[prompt.length - 1] + 1) % vocabulary;
        }
        Continuation continuation = arrival.continuation;
        Window window = continuation.stride > 0
                ? Window.slide(TinyModels.POSITIONS, continuation.stride)
                : Window.error(TinyModels.POSITIONS);
        int room = continuation.stride > 0 ? Integer.MAX_VALUE : TinyModels.POSITIONS - prompt.length + 1;
        Settings settings =
                Settings.greedy(Math.min(room, continuation.tokens), continuation.stops ? Set.of(0) : Set.of(), window);
        if (continuation.random) {
            List<LogitsProcessor> processors = new Processors()
                    .repetitionPenalty(1.2)
                    .noRepeatNgram(3)
                    .temperature(1.5)
                    .topP(0.95)
                    .forSampling();
            settings = settings.withProcessors(processors).withSampler(Sampler.MULTINOMIAL, arrival.seed);
        }
        if (continuation.stops) {
            settings = settings.withStopStrings(List.of("abc", "ccab"));
        }
        return new Request("client " + arrival.client, prompt, settings, arrival.wanted);
    }

    @Provide
    Arbitrary<Load> loads() {
        Arbitrary<Integer> budgets = Arbitraries.oneOf(integers(1, 20), integers(20, 300));
        Arbitrary<Integer> chunks = Arbitraries.oneOf(integers(1, 20), integers(20, 300));
        return Combinators.combine(
                        Arbitraries.of(TinyModels.ALL.keySet()),
                        arrivals().list().ofMinSize(2).ofMaxSize(10),
                        integers(0, 4),
                        budgets,
                        chunks,
                        integers(1, 12))
                .as(Load::new);
    }

    /** Evenly distributed, unlike jqwik's default, which prefers small numbers. */
    private static Arbitrary<Integer> integers(int least, int most) {
        return Arbitraries.integers().between(least, most).withDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<Arrival> arrivals() {
        Arbitrary<Prompt> prompts = Combinators.combine(
                        integers(0, 2),
                        Arbitraries.oneOf(
                                integers(1, 40), integers(1, 300), Arbitraries.of(63, 64, 65, 127, 128, 129, 130)),
                        Arbitraries.of(true, false))
                .as(Prompt::new);
        Arbitrary<Continuation> continuations = Combinators.combine(
                        Arbitraries.oneOf(integers(0, 20), integers(100, 300)),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(0)), Tuple.of(1, integers(1, 200))))
                .as(Continuation::new);
        return Combinators.combine(
                        integers(0, 60),
                        integers(0, 3),
                        prompts,
                        continuations,
                        Arbitraries.frequency(
                                Tuple.of(6, Wanted.TOKENS),
                                Tuple.of(1, Wanted.PROMPT_LOGITS),
                                Tuple.of(1, Wanted.HIDDEN_STATES)),
                        Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0)), Tuple.of(1, integers(1, 40))),
                        Arbitraries.longs())
                .as(Arrival::new);
    }
}
