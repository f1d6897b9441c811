package dev.touchstone.families;

import dev.touchstone.model.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The blocks of a model. */
final class Blocks {
    private Blocks() {}

    /**
     * Builds block after block. The list grows with them, because {@code config.json} may claim any number of layers: the first
     * one whose weights are missing ends the loop with an error.
     */
    static List<Block> of(int layers, IntFunction<Block> block) {
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            blocks.add(block.apply(layer));
        }
        return blocks;
    }
}
