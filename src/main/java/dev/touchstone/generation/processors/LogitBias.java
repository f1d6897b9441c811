package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Adds a number to the scores of single tokens: OpenAI's {@code logit_bias}. */
public record LogitBias(Map<Integer, Double> biases) implements LogitsProcessor {
    public LogitBias {
        biases = Collections.unmodifiableMap(new TreeMap<>(biases));
        biases.forEach((id, bias) -> {
            if (!Float.isFinite(bias.floatValue())) {
                throw new TouchstoneException("the bias of token " + id + " must be a finite number, got " + bias);
            }
        });
    }

    /** (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] biased = scores.clone();
        biases.forEach((id, bias) -> {
            if (id < 0 || id >= scores.length) {
                throw new TouchstoneException("a logit bias names the token " + id
                        + ", which is not in the vocabulary of " + scores.length + " tokens");
            }
            biased[id] += bias.floatValue();
        });
        return biased;
    }
}
