package dev.touchstone.model.taps;

import dev.touchstone.model.Experts;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Router;
import dev.touchstone.model.taps.Tap.Kind;

/** Collects the taps of the second sublayer of a block: an MLP, or a mixture of experts. */
record FeedForwardTaps(TapList taps) {
    /** Returns the output of the layer. */
    TapSum collect(FeedForward layer, TapSum input) {
        return layer instanceof Mlp mlp ? mlp(mlp, input) : mixture((MixtureOfExperts) layer, input);
    }

    private TapSum mixture(MixtureOfExperts mixture, TapSum input) {
        taps.setOwner(mixture);
        Router router = mixture.router();
        TapSum logits = taps.linear(router.linear(), input);
        TapSum chosen = taps.add(router.chosenTap(), Kind.CHOICE, router, logits);
        TapSum weights = taps.add(router.weightsTap(), Kind.EXPERT_WEIGHTS, router, logits, chosen);
        Experts experts = mixture.experts();
        TapSum gate = taps.add(experts.gate().name(), Kind.LINEAR, experts.gate(), input, chosen);
        TapSum act = taps.add(experts.activation().name(), Kind.ACTIVATION, experts.activation(), gate);
        TapSum up = taps.add(experts.up().name(), Kind.LINEAR, experts.up(), input, chosen);
        TapSum down = taps.add(experts.down().name(), Kind.LINEAR, experts.down(), act, up);
        TapSum sum = taps.add(experts.name(), Kind.EXPERTS, experts, down, weights);
        if (mixture.shared() != null) {
            sum = sum.plus(mlp(mixture.shared().mlp(), input).taps().get(0));
            taps.setOwner(mixture);
            if (mixture.shared().gate() != null) {
                taps.linear(mixture.shared().gate(), input);
            }
        }
        return taps.add(mixture.name(), Kind.MIXTURE, mixture, sum);
    }

    private TapSum mlp(Mlp mlp, TapSum input) {
        taps.setOwner((Record) mlp);
        TapSum made;
        if (mlp instanceof Mlp.Gated gated) {
            TapSum act = activation(mlp, taps.linear(gated.gate(), input));
            made = taps.linear(mlp.down(), act, taps.linear(mlp.up(), input));
        } else if (mlp instanceof Mlp.GatedFused) {
            TapSum both = taps.linear(mlp.up(), input);
            made = taps.linear(mlp.down(), activation(mlp, both), both);
        } else {
            made = taps.linear(mlp.down(), activation(mlp, taps.linear(mlp.up(), input)));
        }
        return mlp.name() == null ? made : taps.add(mlp.name(), Kind.MLP, (Record) mlp, made);
    }

    private TapSum activation(Mlp mlp, TapSum input) {
        return taps.add(mlp.activation().name(), Kind.ACTIVATION, mlp.activation(), input);
    }
}
