package dev.touchstone.explain;

import dev.touchstone.model.Trace;
import dev.touchstone.tensor.Tensor;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps what a pass made, and how long after the tap before it each tap came. */
final class RunTrace implements Trace {
    private final TapHomes homes;
    private final Map<String, Tensor> taps = new LinkedHashMap<>();
    private final Map<String, Long> nanoseconds = new LinkedHashMap<>();
    private long last;

    RunTrace(TapHomes homes) {
        this.homes = homes;
        restart();
    }

    /** Forgets everything; time counts from now. */
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

    /** In the order of computation. */
    Map<String, Tensor> taps() {
        return taps;
    }

    Tensor tap(String name) {
        return taps.get(name);
    }

    double milliseconds(String tap) {
        return nanoseconds.get(tap) / 1e6;
    }

    /** Milliseconds since {@link #restart}, by what they were spent on; what came after the last tap is the choice. */
    Map<Part, Double> milliseconds() {
        Map<Part, Double> parts = new EnumMap<>(Part.class);
        nanoseconds.forEach((tap, time) -> parts.merge(homes.of(tap).part(), time / 1e6, Double::sum));
        parts.put(Part.CHOICE, (System.nanoTime() - last) / 1e6);
        return parts;
    }
}
