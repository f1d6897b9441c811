package dev.touchstone.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The totals of a run of the test suite, one line for each kind of test, printed at the end. */
public final class Totals {
    private static final Path FILE = Path.of(System.getProperty("touchstone.basedir", "."))
            .resolve(System.getProperty("touchstone.reports", "target"))
            .resolve("totals.txt");
    private final StringBuilder lines = new StringBuilder();

    /** Adds a line; further values of the same label go below it, under "". */
    public void line(String label, String format, Object... values) {
        lines.append(String.format(Locale.ROOT, "  %-14s ", label))
                .append(String.format(Locale.ROOT, format, values))
                .append(System.lineSeparator());
    }

    /** Prints the lines and writes them to a file; does nothing if there are none. */
    void print() {
        if (lines.length() == 0) {
            return;
        }
        lines.insert(0, "Touchstone" + System.lineSeparator());
        System.out.print(lines);
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
