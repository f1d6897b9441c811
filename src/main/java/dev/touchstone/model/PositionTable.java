package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * A vector for each position, learned.
 *
 * @param offset the row of position 0: where other rows come first, as in OPT, above 0
 */
public record PositionTable(Embedding rows, int offset) implements Positions {
    @Override
    public Tensor forward(int[] positions, ForwardPass pass) {
        return rows.forward(Arrays.stream(positions).map(p -> p + offset).toArray(), pass);
    }
}
