package dev.touchstone.util;

import java.io.Serializable;

/**
 * A change of a setting that avoids an error.
 *
 * @param setting the name of the setting in Java, such as {@code maxNewTokens}
 * @param value the value to give it, such as {@code 5}; empty if the setting takes none, or if several would do
 */
public record Remedy(String setting, String value) implements Serializable {
    public Remedy(String setting, int value) {
        this(setting, String.valueOf(value));
    }

    public Remedy(String setting) {
        this(setting, "");
    }
}
