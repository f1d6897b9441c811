package dev.touchstone.model.taps;

import dev.touchstone.model.Linear;
import dev.touchstone.model.Norm;
import dev.touchstone.model.taps.Tap.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The taps that have been collected, in order of computation. */
final class TapList {
    private final Map<String, Tap> taps = new LinkedHashMap<>();
    private Record owner;
    private int block = Tap.NO_BLOCK;

    Map<String, Tap> taps() {
        return taps;
    }

    /** Sets the owner of the taps that are added next. */
    void setOwner(Record owner) {
        this.owner = owner;
    }

    /** Sets the block of the taps that are added next, or {@link Tap#NO_BLOCK}. */
    void setBlock(int block) {
        this.block = block;
    }

    int block() {
        return block;
    }

    /**
     * Adds a tap.
     *
     * @throws IllegalArgumentException if there is one of the same name
     */
    TapSum add(String name, Kind kind, Record layer, TapSum... inputs) {
        if (taps.put(name, new Tap(name, kind, layer, owner, block, List.of(inputs))) != null) {
            throw new IllegalArgumentException("two layers of the model have the tap " + name);
        }
        return TapSum.of(name);
    }

    TapSum norm(Norm norm, TapSum input) {
        return add(norm.name(), Kind.NORM, (Record) norm, input);
    }

    TapSum linear(Linear linear, TapSum... inputs) {
        return add(linear.name(), Kind.LINEAR, linear, inputs);
    }
}
