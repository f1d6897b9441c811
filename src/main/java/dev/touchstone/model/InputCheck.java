package dev.touchstone.model;

import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.util.TouchstoneException;

/** Checks that a model can read its input. */
final class InputCheck {
    private InputCheck() {}

    /**
     * Throws a {@link TouchstoneException} if a sequence has no new token, is longer than the context window, or holds an id that is not in
     * the vocabulary.
     */
    static void batch(Batch batch, Shape shape) {
        for (Batch.Sequence sequence : batch.sequences()) {
            if (sequence.ids().length == 0) {
                throw new TouchstoneException("the prompt is empty: give at least one token");
            }
            int length = sequence.length();
            if (length > shape.positions()) {
                throw new TouchstoneException("the sequence has " + length + " tokens, the model has positions for "
                        + shape.positions() + "; shorten it");
            }
            ids(sequence.ids(), shape);
        }
    }

    /** Throws a {@link TouchstoneException} if an id is not in the vocabulary. */
    static void ids(int[] ids, Shape shape) {
        for (int id : ids) {
            if (id < 0 || id >= shape.vocabulary()) {
                throw new TouchstoneException(
                        "token id " + id + " is not in the vocabulary; ids go from 0 to " + (shape.vocabulary() - 1));
            }
        }
    }
}
