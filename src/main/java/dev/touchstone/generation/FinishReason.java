package dev.touchstone.generation;

import java.util.Locale;

/** Why a generation ended. */
public enum FinishReason {
    /** As many new tokens as asked for. */
    LENGTH,
    /** The model ended its text. */
    EOS,
    /** A stop string appeared. */
    STOP,
    /** The caller stopped before the text ended. */
    CANCELLED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
