package dev.touchstone.cli;

import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.List;

/** A file of API keys. */
final class ApiKeys {
    private ApiKeys() {}

    /** The lines that are not blank, of which there must be one. */
    static List<String> read(Path file) {
        List<String> keys = Utf8.read(file)
                .lines()
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
        if (keys.isEmpty()) {
            throw new TouchstoneException(file + " has no API key, expected one in each line");
        }
        return keys;
    }
}
