package dev.touchstone.explain;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.tensor.Tensor;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records the taps of a run, and the time from each tap to the next. */
final class RunTrace implements Trace {
    private final TapMap map;
    private final Map<String, Tensor> taps = new LinkedHashMap<>();
    private final Map<String, Long> nanoseconds = new LinkedHashMap<>();
    private long last; // nanoseconds

    RunTrace(TapMap map) {
        this.map = map;
        restart();
    }

    /** Removes all taps and restarts the clock. */
    void restart() {
        taps.clear();
        nanoseconds.clear();
        last = System.nanoTime();
    }

    @Override
    public void see(String name, Tensor value) {
        long now = System.nanoTime();
        taps.put(name, value);
        nanoseconds.merge(name, now - last, Long::sum);
        last = now;
    }

    /** The taps, in order of computation. */
    Map<String, Tensor> taps() {
        return taps;
    }

    /** The residual stream before the first block and after each block. (T, C) each */
    List<Tensor> streams(Kernels kernels) {
        return map.streams().stream()
                .map(stream -> stream.evaluate(taps::get, kernels::scale, kernels::add))
                .toList();
    }

    TapMap map() {
        return map;
    }

    Tensor tap(String name) {
        return taps.get(name);
    }

    double milliseconds(String tap) {
        return nanoseconds.get(tap) / 1e6;
    }

    /** Milliseconds since {@link #restart} by kind of work. The time since the last tap counts as {@code CHOICE}. */
    Map<TimeCategory, Double> milliseconds() {
        Map<TimeCategory, Double> parts = new EnumMap<>(TimeCategory.class);
        nanoseconds.forEach((tap, time) -> parts.merge(TimeCategory.of(map.tap(tap)), time / 1e6, Double::sum));
        parts.put(TimeCategory.CHOICE, (System.nanoTime() - last) / 1e6);
        return parts;
    }
}
