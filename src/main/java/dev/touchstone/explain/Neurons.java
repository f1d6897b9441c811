package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The activations inside an MLP, after its activation function.
 *
 * @param width the number of neurons, the MLP's inner size
 * @param positive the number of neurons above zero, for each token
 * @param strongest the neurons with the largest absolute values, largest first, for each token
 */
public record Neurons(String tap, int width, int[] positive, List<List<Neuron>> strongest) {
    private static final int SHOWN = 6;

    /** @param index the column in the activation tensor */
    public record Neuron(int index, float value) {}

    static Neurons of(String tap, Tensor act) {
        int[] positive = new int[act.rows()];
        List<List<Neuron>> strongest = new ArrayList<>();
        for (int row = 0; row < positive.length; row++) {
            List<Neuron> best = new ArrayList<>();
            for (int i = 0; i < act.size(-1); i++) {
                Neuron neuron = new Neuron(i, act.at(row, i));
                positive[row] += neuron.value > 0 ? 1 : 0;
                int place = best.size();
                while (place > 0 && Math.abs(best.get(place - 1).value) < Math.abs(neuron.value)) {
                    place--;
                }
                if (place < SHOWN) {
                    best.add(place, neuron);
                    best.subList(Math.min(SHOWN, best.size()), best.size()).clear();
                }
            }
            strongest.add(best);
        }
        return new Neurons(tap, act.size(-1), positive, strongest);
    }
}
