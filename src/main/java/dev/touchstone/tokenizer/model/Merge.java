package dev.touchstone.tokenizer.model;

/** Two tokens that become one, a line of {@code merges.txt}. */
public record Merge(String left, String right) {
    @Override
    public String toString() {
        return left + " " + right;
    }
}
