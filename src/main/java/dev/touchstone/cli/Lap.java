package dev.touchstone.cli;

import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One generation with the time of each token.
 *
 * @param name the way it was made, as in "with cache"
 * @param milliseconds when each token came, counted from the one before; the first includes the prompt
 */
record Lap(String name, int[] ids, double[] milliseconds) {
    static Lap of(String name, Way way, int[] prompt, Settings settings) {
        double[] times = new double[settings.maxNewTokens()];
        int[] count = {0};
        long[] last = {System.nanoTime()};
        Consumer<Step> watcher = step -> {
            long now = System.nanoTime();
            times[count[0]++] = (now - last[0]) / 1e6;
            last[0] = now;
        };
        int[] ids = way.generate(prompt, settings, watcher).ids();
        return new Lap(name, ids, Arrays.copyOf(times, ids.length));
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
