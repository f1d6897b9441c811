package dev.touchstone.generation;

import java.util.Locale;

/** Why a generation ended. */
public enum FinishReason {
    /** The limit on the number of new tokens. */
    LENGTH,
    /** An end-of-sequence token. */
    EOS,
    /** A stop string. */
    STOP,
    /** The caller stopped before any other reason. */
    CANCELLED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
