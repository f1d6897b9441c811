package dev.touchstone.batch;

import dev.touchstone.generation.Step;
import dev.touchstone.generation.processors.Probabilities;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Adds the log-probabilities of the tokens of one text. */
final class Likelihood {
    private double sum;

    void add(Step step) {
        sum += Probabilities.logSoftmax(step.logits())[step.id()];
    }

    /**
     * The sum, rounded to six decimals, because versions of Java differ in how they write the last digit of a double.
     */
    double sum() {
        return new BigDecimal(sum).setScale(6, RoundingMode.HALF_EVEN).doubleValue();
    }
}
