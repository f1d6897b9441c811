package dev.touchstone.generation.processors;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;

/** Divides the scores by a number: below 1 makes likely tokens more likely. Hugging Face's {@code TemperatureLogitsWarper}. */
public record Temperature(double temperature) implements LogitsProcessor {
    public Temperature {
        if (!((float) temperature > 0)) {
            throw new TouchstoneException(
                    "temperature must be above 0, got " + Numbers.spelled(temperature)
                            + "; use greedy decoding instead",
                    new Remedy("greedy"));
        }
    }

    /** {@code scores / temperature}. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] scaled = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            scaled[v] = scores[v] / (float) temperature;
        }
        return scaled;
    }
}
