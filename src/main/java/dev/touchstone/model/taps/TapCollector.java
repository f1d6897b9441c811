package dev.touchstone.model.taps;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Experts;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.Head;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.Linear;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Positions;
import dev.touchstone.model.Projections;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Router;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.Tap.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Walks through a model in order of computation and collects its taps. */
final class TapCollector {
    private final Transformer model;
    private final Map<String, Tap> taps = new LinkedHashMap<>();
    private final List<BlockTaps> blocks = new ArrayList<>();
    private final List<TapSum> streams = new ArrayList<>();

    /** The layers whose taps are collected now. */
    private Record owner;

    private int block = Tap.NO_BLOCK;

    private TapCollector(Transformer model) {
        this.model = model;
    }

    static TapCollector collect(Transformer model) {
        TapCollector collector = new TapCollector(model);
        collector.streams.add(collector.stem(model.stem()));
        collector.owner = model;
        for (Rotary rotary : model.rotaries().all()) {
            if (rotary.name() != null) {
                collector.add(rotary.name(), Kind.ROTARY, rotary);
            }
        }
        for (Block block : model.blocks()) {
            collector.block++;
            collector.streams.add(collector.block(block));
        }
        collector.owner = model;
        collector.block = Tap.NO_BLOCK;
        TapSum last = collector.streams.get(collector.blocks.size());
        TapSum normed = model.lnF() == null ? last : collector.norm(model.lnF(), last);
        if (model.head().projection() != null) {
            normed = collector.linear(model.head().projection(), normed);
        }
        collector.add(Head.LOGITS, Kind.LOGITS, model.head(), normed);
        return collector;
    }

    Transformer model() {
        return model;
    }

    Map<String, Tap> taps() {
        return taps;
    }

    List<BlockTaps> blocks() {
        return blocks;
    }

    List<TapSum> streams() {
        return streams;
    }

    private TapSum add(String name, Kind kind, Record layer, TapSum... inputs) {
        if (taps.put(name, new Tap(name, kind, layer, owner, block, List.of(inputs))) != null) {
            throw new IllegalArgumentException("two layers of the model have the tap " + name);
        }
        return TapSum.of(name);
    }

    private TapSum norm(Norm norm, TapSum input) {
        return add(norm.name(), Kind.NORM, (Record) norm, input);
    }

    private TapSum linear(Linear linear, TapSum... inputs) {
        return add(linear.name(), Kind.LINEAR, linear, inputs);
    }

    /** Returns the residual stream before the first block. */
    private TapSum stem(Stem stem) {
        owner = stem;
        TapSum stream = add(stem.wte().name(), Kind.TOKEN_EMBEDDING, stem.wte());
        stream = stem.projection() == null ? stream : linear(stem.projection(), stream);
        stream = stream.times(stem.multiplier());
        Positions positions = stem.wpe();
        if (positions != null) {
            Record layer = positions instanceof PositionTable table ? table.rows() : (Record) positions;
            add(positions.name(), Kind.POSITION_EMBEDDING, layer);
            stream = stream.plus(positions.name());
        }
        if (stem.embedded() != null) {
            stream = add(stem.embedded(), Kind.EMBEDDING_SUM, stem, stream);
        }
        return stem.norm() == null ? stream : norm(stem.norm(), stream);
    }

    /** Returns the residual stream after the block. */
    private TapSum block(Block block) {
        BlockTaps names = new BlockTaps(block, streams.get(blocks.size()));
        blocks.add(names);
        if (block instanceof Block.PostNorm post) {
            return postNorm(post, names);
        }
        owner = (Record) block;
        TapSum normed = block.ln1() == null ? names.stream() : norm(block.ln1(), names.stream());
        TapSum attended = attention(block.attn(), normed);
        owner = (Record) block;
        if (block instanceof Block.Sandwiched sandwiched) {
            norm(sandwiched.afterAttn(), attended);
        }
        if (!(block instanceof Block.Parallel)) {
            normed = names.afterAttention();
        } else if (block.ln2() != null) {
            normed = names.stream();
        }
        if (block.ln2() != null) {
            normed = norm(block.ln2(), normed);
        }
        TapSum made = feedForward(block.mlp(), normed);
        owner = (Record) block;
        if (block instanceof Block.Sandwiched sandwiched) {
            norm(sandwiched.afterMlp(), made);
        }
        return add(block.name(), Kind.BLOCK, (Record) block, names.afterMlp());
    }

    private TapSum postNorm(Block.PostNorm block, BlockTaps names) {
        attention(block.attn(), names.stream());
        owner = block;
        TapSum normed = norm(block.afterAttn(), names.afterAttention());
        feedForward(block.mlp(), normed);
        owner = block;
        TapSum output = norm(block.afterMlp(), normed.plus(names.mlp()));
        return add(block.name(), Kind.BLOCK, block, output);
    }

    private TapSum attention(Attention attention, TapSum input) {
        owner = attention;
        Projected projected = projections(attention.projections(), input);
        TapSum q = rotated(attention.qTap(), Kind.QUERY, attention, projected.q);
        TapSum k = rotated(attention.kTap(), Kind.KEY, attention, projected.k, projected.ofKeys);
        TapSum v = add(attention.vTap(), Kind.VALUE, attention, projected.v);
        TapSum scores = add(attention.scoresTap(), Kind.SCORES, attention, q, k);
        TapSum probs = add(attention.probsTap(), Kind.PROBABILITIES, attention, scores);
        TapSum context = add(attention.contextTap(), Kind.CONTEXT, attention, probs, v);
        TapSum output = attention.output() == null ? context : linear(attention.output(), context);
        return add(attention.name(), Kind.ATTENTION, attention, output);
    }

    /** The inputs are a projection, the rotary table if it is a tap, and further ones. */
    private TapSum rotated(String name, Kind kind, Attention attention, TapSum projected, TapSum... further) {
        Rotary rotary = model.rotaries().of(block);
        List<TapSum> inputs = new ArrayList<>(List.of(projected));
        if (rotary != null && rotary.name() != null) {
            inputs.add(TapSum.of(rotary.name()));
        }
        inputs.addAll(List.of(further));
        return add(name, kind, attention, inputs.toArray(TapSum[]::new));
    }

    /**
     * The taps that queries, keys and values are read from.
     *
     * @param ofKeys of latent attention, the channels of the keys that all heads share; empty in other models
     */
    private record Projected(TapSum q, TapSum k, TapSum v, TapSum... ofKeys) {}

    private Projected projections(Projections projections, TapSum input) {
        if (projections instanceof Projections.Separate separate) {
            return new Projected(linear(separate.q(), input), linear(separate.k(), input), linear(separate.v(), input));
        }
        if (projections instanceof Projections.Normed normed) {
            Projected inner = projections(normed.projections(), input);
            return new Projected(norm(normed.q(), inner.q), norm(normed.k(), inner.k), inner.v);
        }
        if (projections instanceof LatentProjections latent) {
            return latent(latent, input);
        }
        if (projections instanceof ProjectionsAfterRotary changed) {
            return projections(changed.projections(), input);
        }
        if (projections instanceof Projections.ScaledQueries scaled) {
            return projections(scaled.projections(), input);
        }
        if (projections instanceof Projections.Clipped clipped) {
            return projections(clipped.projections(), input);
        }
        TapSum fused = linear(
                projections instanceof Projections.Fused all
                        ? all.linear()
                        : ((Projections.Interleaved) projections).linear(),
                input);
        return new Projected(fused, fused, fused);
    }

    private Projected latent(LatentProjections projections, TapSum input) {
        LatentProjections.Query query = projections.query();
        TapSum q = linear(
                query.expand(), query.compress() == null ? input : norm(query.norm(), linear(query.compress(), input)));
        TapSum compressed = linear(projections.compress(), input);
        TapSum expanded = linear(projections.expand(), norm(projections.norm(), compressed));
        return new Projected(q, expanded, expanded, compressed);
    }

    private TapSum feedForward(FeedForward layer, TapSum input) {
        return layer instanceof Mlp mlp ? mlp(mlp, input) : mixture((MixtureOfExperts) layer, input);
    }

    private TapSum mixture(MixtureOfExperts mixture, TapSum input) {
        owner = mixture;
        Router router = mixture.router();
        TapSum logits = linear(router.linear(), input);
        TapSum chosen = add(router.chosenTap(), Kind.CHOICE, router, logits);
        TapSum weights = add(router.weightsTap(), Kind.EXPERT_WEIGHTS, router, logits, chosen);
        Experts experts = mixture.experts();
        TapSum gate = add(experts.gate().name(), Kind.LINEAR, experts.gate(), input, chosen);
        TapSum act = add(experts.activation().name(), Kind.ACTIVATION, experts.activation(), gate);
        TapSum up = add(experts.up().name(), Kind.LINEAR, experts.up(), input, chosen);
        TapSum down = add(experts.down().name(), Kind.LINEAR, experts.down(), act, up);
        TapSum sum = add(experts.name(), Kind.EXPERTS, experts, down, weights);
        if (mixture.shared() != null) {
            sum = sum.plus(mlp(mixture.shared().mlp(), input).taps().get(0));
            owner = mixture;
            if (mixture.shared().gate() != null) {
                linear(mixture.shared().gate(), input);
            }
        }
        return add(mixture.name(), Kind.MIXTURE, mixture, sum);
    }

    private TapSum mlp(Mlp mlp, TapSum input) {
        owner = (Record) mlp;
        TapSum made;
        if (mlp instanceof Mlp.Gated gated) {
            TapSum act = activation(mlp, linear(gated.gate(), input));
            made = linear(mlp.down(), act, linear(mlp.up(), input));
        } else if (mlp instanceof Mlp.GatedFused) {
            TapSum both = linear(mlp.up(), input);
            made = linear(mlp.down(), activation(mlp, both), both);
        } else {
            made = linear(mlp.down(), activation(mlp, linear(mlp.up(), input)));
        }
        return mlp.name() == null ? made : add(mlp.name(), Kind.MLP, (Record) mlp, made);
    }

    private TapSum activation(Mlp mlp, TapSum input) {
        return add(mlp.activation().name(), Kind.ACTIVATION, mlp.activation(), input);
    }
}
