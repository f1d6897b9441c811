package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * Learned position embeddings: a vector for each position.
 *
 * @param rows the table
 * @param offset the row of position 0: 2 in OPT, else 0
 */
public record PositionTable(Embedding rows, int offset) implements Positions {
    @Override
    public String name() {
        return rows.name();
    }

    @Override
    public Tensor forward(int[] positions, ForwardPass pass) {
        return rows.forward(Arrays.stream(positions).map(p -> p + offset).toArray(), pass);
    }
}
