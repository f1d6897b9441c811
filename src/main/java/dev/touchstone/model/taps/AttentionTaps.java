package dev.touchstone.model.taps;

import dev.touchstone.model.Attention;
import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.LatentQuery;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.ScaledQueries;
import dev.touchstone.model.taps.Tap.Kind;
import java.util.ArrayList;
import java.util.List;

/** Collects the taps of attention. */
record AttentionTaps(TapList taps, LayerRotaries rotaries) {
    /** Returns the output of attention. */
    TapSum collect(Attention attention, TapSum input) {
        taps.setOwner(attention);
        Projected projected = projections(attention.projections(), input);
        TapSum q = rotated(attention.qTap(), Kind.QUERY, attention, projected.q);
        TapSum k = rotated(attention.kTap(), Kind.KEY, attention, projected.k, projected.ofKeys);
        TapSum v = taps.add(attention.vTap(), Kind.VALUE, attention, projected.v);
        TapSum scores = taps.add(attention.scoresTap(), Kind.SCORES, attention, q, k);
        TapSum probs = taps.add(attention.probsTap(), Kind.PROBABILITIES, attention, scores);
        TapSum context = taps.add(attention.contextTap(), Kind.CONTEXT, attention, probs, v);
        TapSum output = attention.output() == null ? context : taps.linear(attention.output(), context);
        return taps.add(attention.name(), Kind.ATTENTION, attention, output);
    }

    /** The inputs are a projection, the rotary table if it is a tap, and further ones. */
    private TapSum rotated(String name, Kind kind, Attention attention, TapSum projected, TapSum... further) {
        Rotary rotary = rotaries.of(taps.block());
        List<TapSum> inputs = new ArrayList<>(List.of(projected));
        if (rotary != null && rotary.name() != null) {
            inputs.add(TapSum.of(rotary.name()));
        }
        inputs.addAll(List.of(further));
        return taps.add(name, kind, attention, inputs.toArray(TapSum[]::new));
    }

    /**
     * The taps that queries, keys and values are read from.
     *
     * @param ofKeys of latent attention, the channels of the keys that all heads share; empty in other models
     */
    private record Projected(TapSum q, TapSum k, TapSum v, TapSum... ofKeys) {}

    private Projected projections(Projections projections, TapSum input) {
        if (projections instanceof Projections.Separate separate) {
            return new Projected(
                    taps.linear(separate.q(), input),
                    taps.linear(separate.k(), input),
                    taps.linear(separate.v(), input));
        }
        if (projections instanceof NormedProjections normed) {
            Projected inner = projections(normed.projections(), input);
            return new Projected(taps.norm(normed.q(), inner.q), taps.norm(normed.k(), inner.k), inner.v);
        }
        if (projections instanceof LatentProjections latent) {
            return latent(latent, input);
        }
        if (projections instanceof ProjectionsAfterRotary changed) {
            return projections(changed.projections(), input);
        }
        if (projections instanceof ScaledQueries scaled) {
            return projections(scaled.projections(), input);
        }
        if (projections instanceof ClippedProjections clipped) {
            return projections(clipped.projections(), input);
        }
        TapSum fused = taps.linear(
                projections instanceof Projections.Fused all
                        ? all.linear()
                        : ((Projections.Interleaved) projections).linear(),
                input);
        return new Projected(fused, fused, fused);
    }

    private Projected latent(LatentProjections projections, TapSum input) {
        LatentQuery query = projections.query();
        TapSum q = taps.linear(
                query.expand(),
                query.compress() == null ? input : taps.norm(query.norm(), taps.linear(query.compress(), input)));
        TapSum compressed = taps.linear(projections.compress(), input);
        TapSum expanded = taps.linear(projections.expand(), taps.norm(projections.norm(), compressed));
        return new Projected(q, expanded, expanded, compressed);
    }
}
