package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import java.util.List;

/** Sines and cosines of positions, computed in double and rounded once to float. */
public final class Angles {
    private Angles() {}

    /**
     * The table of rotary embeddings: of each position {@code R} cosines, then {@code R} sines of {@code position * frequency},
     * times {@code factor}. Both channels of a pair have the same cosine and the same sine. (T), (R / 2) -> (T, 2 R)
     *
     * @param factor the attention factor of scaled rotary embeddings such as YaRN, else 1
     */
    public static Tensor table(int[] positions, List<Double> frequencies, double factor, RotaryLayout layout) {
        int pairs = frequencies.size();
        Tensor table = Tensor.zeros(positions.length, 4 * pairs);
        for (int t = 0; t < positions.length; t++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = positions[t] * frequencies.get(pair);
                float cos = (float) (FloatMath.cos(angle) * factor);
                float sin = (float) (FloatMath.sin(angle) * factor);
                for (int channel :
                        new int[] {layout.output().first(pair), layout.output().second(pair, pairs)}) {
                    table.data()[t * 4 * pairs + channel] = cos;
                    table.data()[t * 4 * pairs + 2 * pairs + channel] = sin;
                }
            }
        }
        return table;
    }

    /**
     * Sinusoidal position embeddings: of each position the sines of {@code position * frequency}, then the cosines, and 0 in the
     * last channel if {@code channels} is odd. (T), (C / 2) -> (T, C)
     */
    public static Tensor sinusoids(int[] positions, List<Double> frequencies, int channels) {
        int pairs = frequencies.size();
        Tensor table = Tensor.zeros(positions.length, channels);
        for (int t = 0; t < positions.length; t++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = positions[t] * frequencies.get(pair);
                table.data()[t * channels + pair] = (float) FloatMath.sin(angle);
                table.data()[t * channels + pairs + pair] = (float) FloatMath.cos(angle);
            }
        }
        return table;
    }
}
