package dev.touchstone.model.taps;

import dev.touchstone.model.Block;
import dev.touchstone.model.Head;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Positions;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.Tap.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Walks through a model in order of computation and collects its taps. */
final class TapCollector {
    private final Transformer model;
    private final TapList taps = new TapList();
    private final AttentionTaps attention;
    private final FeedForwardTaps feedForward = new FeedForwardTaps(taps);
    private final List<BlockTaps> blocks = new ArrayList<>();
    private final List<TapSum> streams = new ArrayList<>();

    private TapCollector(Transformer model) {
        this.model = model;
        this.attention = new AttentionTaps(taps, model.rotaries());
    }

    static TapCollector collect(Transformer model) {
        TapCollector collector = new TapCollector(model);
        collector.collect();
        return collector;
    }

    Transformer model() {
        return model;
    }

    Map<String, Tap> taps() {
        return taps.taps();
    }

    List<BlockTaps> blocks() {
        return blocks;
    }

    List<TapSum> streams() {
        return streams;
    }

    private void collect() {
        streams.add(stem(model.stem()));
        taps.setOwner(model);
        for (Rotary rotary : model.rotaries().all()) {
            if (rotary.name() != null) {
                taps.add(rotary.name(), Kind.ROTARY, rotary);
            }
        }
        for (Block block : model.blocks()) {
            taps.setBlock(blocks.size());
            streams.add(block(block));
        }
        taps.setOwner(model);
        taps.setBlock(Tap.NO_BLOCK);
        TapSum last = streams.get(blocks.size());
        TapSum normed = model.lnF() == null ? last : taps.norm(model.lnF(), last);
        if (model.head().projection() != null) {
            normed = taps.linear(model.head().projection(), normed);
        }
        taps.add(Head.LOGITS, Kind.LOGITS, model.head(), normed);
    }

    /** Returns the residual stream before the first block. */
    private TapSum stem(Stem stem) {
        taps.setOwner(stem);
        TapSum stream = taps.add(stem.wte().name(), Kind.TOKEN_EMBEDDING, stem.wte());
        stream = stem.projection() == null ? stream : taps.linear(stem.projection(), stream);
        stream = stream.times(stem.multiplier());
        Positions positions = stem.wpe();
        if (positions != null) {
            Record layer = positions instanceof PositionTable table ? table.rows() : (Record) positions;
            taps.add(positions.name(), Kind.POSITION_EMBEDDING, layer);
            stream = stream.plus(positions.name());
        }
        if (stem.embedded() != null) {
            stream = taps.add(stem.embedded(), Kind.EMBEDDING_SUM, stem, stream);
        }
        return stem.norm() == null ? stream : taps.norm(stem.norm(), stream);
    }

    /** Returns the residual stream after the block. */
    private TapSum block(Block block) {
        BlockTaps names = new BlockTaps(block, streams.get(blocks.size()));
        blocks.add(names);
        if (block instanceof Block.PostNorm post) {
            return postNorm(post, names);
        }
        taps.setOwner((Record) block);
        TapSum normed = block.ln1() == null ? names.stream() : taps.norm(block.ln1(), names.stream());
        TapSum attended = attention.collect(block.attn(), normed);
        taps.setOwner((Record) block);
        if (block instanceof Block.Sandwiched sandwiched) {
            taps.norm(sandwiched.afterAttn(), attended);
        }
        if (!(block instanceof Block.Parallel)) {
            normed = names.afterAttention();
        } else if (block.ln2() != null) {
            normed = names.stream();
        }
        if (block.ln2() != null) {
            normed = taps.norm(block.ln2(), normed);
        }
        TapSum made = feedForward.collect(block.mlp(), normed);
        taps.setOwner((Record) block);
        if (block instanceof Block.Sandwiched sandwiched) {
            taps.norm(sandwiched.afterMlp(), made);
        }
        return taps.add(block.name(), Kind.BLOCK, (Record) block, names.afterMlp());
    }

    private TapSum postNorm(Block.PostNorm block, BlockTaps names) {
        attention.collect(block.attn(), names.stream());
        taps.setOwner(block);
        TapSum normed = taps.norm(block.afterAttn(), names.afterAttention());
        feedForward.collect(block.mlp(), normed);
        taps.setOwner(block);
        TapSum output = taps.norm(block.afterMlp(), normed.plus(names.mlp()));
        return taps.add(block.name(), Kind.BLOCK, block, output);
    }
}
