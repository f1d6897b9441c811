package dev.touchstone.model.taps;

import dev.touchstone.model.Transformer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every tap of a model: which layer computes it, and from which other taps. The map is derived from the records of the
 * model, so it holds for every family, whatever the names of its modules.
 */
public final class TapMap {
    private final Transformer model;
    private final Map<String, Tap> taps;
    private final List<BlockTaps> blocks;
    private final List<TapSum> streams;

    private TapMap(TapCollector collector) {
        this.model = collector.model();
        this.taps = new LinkedHashMap<>(collector.taps());
        this.blocks = List.copyOf(collector.blocks());
        this.streams = List.copyOf(collector.streams());
    }

    /**
     * The map of a model.
     *
     * @throws IllegalArgumentException if two layers have the same tap
     */
    public static TapMap of(Transformer model) {
        return new TapMap(TapCollector.collect(model));
    }

    /** The model that this is the map of. */
    public Transformer model() {
        return model;
    }

    /** The tap of this name, if the model has it. */
    public Optional<Tap> find(String name) {
        return Optional.ofNullable(taps.get(name));
    }

    /**
     * The tap of this name.
     *
     * @throws IllegalArgumentException if the model does not have it
     */
    public Tap tap(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("the model has no tap " + name));
    }

    /** All taps, in order of computation. */
    public List<Tap> taps() {
        return List.copyOf(taps.values());
    }

    /** The taps of each block. */
    public List<BlockTaps> blocks() {
        return blocks;
    }

    /** The residual stream before the first block and after each block: one more than there are blocks. */
    public List<TapSum> streams() {
        return streams;
    }
}
