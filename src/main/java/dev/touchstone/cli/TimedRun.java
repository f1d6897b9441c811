package dev.touchstone.cli;

import dev.touchstone.GenerationTask;
import dev.touchstone.generation.Generation;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A generation with the time of each token.
 *
 * @param name how it was generated, such as "with cache"
 * @param milliseconds of each token, since the token before; the first includes the prompt
 */
record TimedRun(String name, int[] ids, double[] milliseconds) {
    static TimedRun of(String name, GenerationTask task) {
        DoubleStream.Builder times = DoubleStream.builder();
        long[] last = {System.nanoTime()};
        Generation made = task.run(step -> {
            long now = System.nanoTime();
            times.add((now - last[0]) / 1e6);
            last[0] = now;
        });
        return new TimedRun(name, made.ids(), times.build().toArray());
    }

    double seconds() {
        return Arrays.stream(milliseconds).sum() / 1e3;
    }

    double tokensPerSecond() {
        return ids.length / seconds();
    }

    /** The mean time of a token in a part of the text, given as fractions of its length. In milliseconds. */
    double mean(double from, double to) {
        int begin = (int) (from * ids.length);
        int end = Math.max(begin + 1, (int) (to * ids.length));
        return Arrays.stream(milliseconds, begin, end).average().orElse(0);
    }
}
