package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What an MLP does in its wider space, a token each.
 *
 * @param width how many neurons there are
 * @param above how many of them are above zero
 * @param strongest those with the largest absolute values, largest first
 */
public record Neurons(String tap, int width, int[] above, List<List<Neuron>> strongest) {
    private static final int SHOWN = 6;

    /** @param index its column */
    public record Neuron(int index, float value) {}

    static Neurons of(String tap, Tensor act) {
        int[] above = new int[act.rows()];
        List<List<Neuron>> strongest = new ArrayList<>();
        for (int row = 0; row < above.length; row++) {
            List<Neuron> best = new ArrayList<>();
            for (int i = 0; i < act.size(-1); i++) {
                Neuron neuron = new Neuron(i, act.at(row, i));
                above[row] += neuron.value > 0 ? 1 : 0;
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
        return new Neurons(tap, act.size(-1), above, strongest);
    }
}
