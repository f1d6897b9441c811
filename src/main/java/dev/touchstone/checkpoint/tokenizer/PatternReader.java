package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.regex.Pattern;
import dev.touchstone.tokenizer.regex.Regex;
import dev.touchstone.util.TouchstoneException;

/** Reads the pattern of a component: {@code {"String": " "}} or {@code {"Regex": "\\s+"}}. */
final class PatternReader {
    private PatternReader() {}

    static Pattern read(Component component) {
        Component pattern = component.component("pattern");
        if (!pattern.has("Regex")) {
            return Pattern.literal(pattern.string("String"));
        }
        String regex = pattern.string("Regex");
        try {
            return new Regex(regex);
        } catch (TouchstoneException e) {
            throw new TouchstoneException(
                    pattern.path() + ": the regular expression " + regex + " cannot be used: " + e.getMessage(), e);
        }
    }
}
