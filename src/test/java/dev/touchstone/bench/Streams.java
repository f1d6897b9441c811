package dev.touchstone.bench;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Step;
import dev.touchstone.serving.End;
import dev.touchstone.serving.Limits;
import dev.touchstone.serving.Listener;
import dev.touchstone.serving.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Requests that are served at the same time, each with a prompt of 64 tokens that no other has, and 64 new tokens. */
final class Streams implements AutoCloseable {
    /** Numbers of requests at the same time. */
    static final List<Integer> COUNTS = List.of(1, 4, 16);

    private static final int TOKENS = 64;
    private static final Sampling SAMPLING = Sampling.greedy().eosIds().maxNewTokens(TOKENS);

    private final LanguageModel model;
    private final dev.touchstone.serving.Engine engine;
    private int prompts;

    Streams(Path folder, int threads) {
        model = LanguageModel.load(folder, LoadOptions.defaults().threads(threads));
        engine = model.engine(Limits.defaults());
    }

    /** The times of a request's tokens. */
    private static final class Times implements Listener {
        private final CountDownLatch ends;
        private final long[] nanos = new long[TOKENS];

        Times(CountDownLatch ends) {
            this.ends = ends;
        }

        @Override
        public void onStep(Step step) {
            nanos[step.index()] = System.nanoTime();
        }

        @Override
        public void onEnd(End end) {
            ends.countDown();
        }

        long first() {
            return nanos[0];
        }

        long last() {
            return nanos[TOKENS - 1];
        }
    }

    /**
     * New tokens per second of {@code count} requests together: while all of them decode, and from the beginning to the end, the
     * prompts included.
     */
    double[] tokensPerSecond(int count) {
        long start = System.nanoTime();
        List<Times> all = serve(count);
        long begin = all.stream().mapToLong(Times::first).max().orElseThrow();
        long end = all.stream().mapToLong(Times::last).min().orElseThrow();
        long decoded = all.stream()
                .flatMapToLong(times -> Arrays.stream(times.nanos))
                .filter(nanos -> nanos > begin && nanos <= end)
                .count();
        long whole = all.stream().mapToLong(Times::last).max().orElseThrow();
        return new double[] {decoded * 1e9 / (end - begin), all.size() * TOKENS * 1e9 / (whole - start)};
    }

    private int[] prompt() {
        return Prompt.ids(1 + 100 * prompts++, 64);
    }

    private List<Times> serve(int count) {
        CountDownLatch ends = new CountDownLatch(count);
        List<Times> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = prompt();
            all.add(new Times(ends));
            engine.submit(new Request("client", prompt, model.settings(prompt, SAMPLING)), all.get(i));
        }
        try {
            ends.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return all;
    }

    /** The rates of each of {@link #COUNTS}, which take turns in each round. */
    static Map<Integer, List<double[]>> measure(Contestant process, int rounds) {
        Map<Integer, List<double[]>> rates = new LinkedHashMap<>();
        COUNTS.forEach(process::streams); // warm-up
        for (int round = 0; round < rounds; round++) {
            for (int count : COUNTS) {
                double[] rate = process.streams(count);
                rates.computeIfAbsent(count, key -> new ArrayList<>()).add(rate);
                System.err.printf(
                        "round %d of %d, %d streams: %.1f tokens/s, %.1f with the prompts%n",
                        round + 1, rounds, count, rate[0], rate[1]);
            }
        }
        return rates;
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
