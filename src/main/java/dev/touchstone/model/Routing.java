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

    /** The row of a token times the weight of each of its slots. (T, C) -> (T K, C) */
    Tensor inWeightedSlots(Tensor x) {
        Tensor slots = inSlots(x);
        Tensor weighted = Tensor.zeros(slots.shape());
        for (int i = 0; i < slots.size(); i++) {
            weighted.data()[i] = slots.data()[i] * weights.data()[i / slots.size(-1)];
        }
        return weighted;
    }

    /**
     * The sum of each token's slots: in the order of slots, in double, rounded once. (T K, C) -> (T, C)
     *
     * @param weighted whether slots are multiplied by their weights
     */
    Tensor sum(Tensor slots, boolean weighted) {
        int C = slots.size(-1);
        Tensor y = Tensor.zeros(chosen.rows(), C);
        for (int i = 0; i < y.size(); i++) {
            double sum = 0;
            for (int slot = i / C * perToken(); slot < (i / C + 1) * perToken(); slot++) {
                sum += (weighted ? (double) weights.data()[slot] : 1) * slots.data()[slot * C + i % C];
            }
            y.data()[i] = (float) sum;
        }
        return y;
    }
}
