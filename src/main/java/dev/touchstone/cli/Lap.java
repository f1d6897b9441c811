package dev.touchstone.cli;

import dev.touchstone.GenerationTask;
import dev.touchstone.generation.Generation;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * One generation with the time of each token.
 *
 * @param name the way it was made, as in "with cache"
 * @param milliseconds when each token came, counted from the one before; the first includes the prompt
 */
record Lap(String name, int[] ids, double[] milliseconds) {
    static Lap of(String name, GenerationTask task) {
        DoubleStream.Builder times = DoubleStream.builder();
        long[] last = {System.nanoTime()};
        Generation made = task.run(step -> {
            long now = System.nanoTime();
            times.add((now - last[0]) / 1e6);
            last[0] = now;
        });
        return new Lap(name, made.ids(), times.build().toArray());
    }

    double seconds() {
        return Arrays.stream(milliseconds).sum() / 1e3;
    }

    double tokensPerSecond() {
        return ids.length / seconds();
    }

    /** The mean over a part of the tokens, from one share of them to another. */
    double mean(double from, double to) {
        int begin = (int) (from * ids.length);
        int end = Math.max(begin + 1, (int) (to * ids.length));
        return Arrays.stream(milliseconds, begin, end).average().orElse(0);
    }
}
