package dev.touchstone.explain;

import com.fasterxml.jackson.annotation.JsonValue;

/** What time is spent on. */
public enum Part {
    EMBEDDING("embedding and positions"),
    NORMS("norms"),
    PROJECTIONS("queries, keys, values and output of attention"),
    ATTENTION("attention: scores, softmax, mix"),
    MLP("MLP"),
    RESIDUAL("residual stream"),
    OUTPUT("output layer"),
    CHOICE("processors and choice");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    @JsonValue
    @Override
    public String toString() {
        return label;
    }
}
