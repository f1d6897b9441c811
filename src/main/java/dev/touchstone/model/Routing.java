package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * The experts of each token. A slot is one of the K experts of a token, so T tokens have T K slots.
 *
 * @param chosen the indices of each token's experts, in ascending order. (T, K)
 * @param weights the factors on the outputs of these experts. (T, K)
 */
record Routing(Tensor chosen, Tensor weights) {
    int perToken() {
        return chosen.size(-1);
    }

    /** The slots of one expert, in the order of tokens. */
    int[] slotsOf(int expert) {
        return IntStream.range(0, chosen.size())
                .filter(slot -> chosen.data()[slot] == expert)
                .toArray();
    }

    /** The row of a token in each of its slots. (T, C) -> (T K, C) */
    Tensor inSlots(Tensor x) {
        return x.rows(
                IntStream.range(0, chosen.size()).map(slot -> slot / perToken()).toArray());
    }

    /** The sum of each token's slots times their weights: in the order of slots, in double, rounded once. (T K, C) -> (T, C) */
    Tensor sum(Tensor slots) {
        int C = slots.size(-1);
        Tensor y = Tensor.zeros(chosen.rows(), C);
        for (int i = 0; i < y.size(); i++) {
            double sum = 0;
            for (int slot = i / C * perToken(); slot < (i / C + 1) * perToken(); slot++) {
                sum += (double) weights.data()[slot] * slots.data()[slot * C + i % C];
            }
            y.data()[i] = (float) sum;
        }
        return y;
    }
}
