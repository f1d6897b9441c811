package dev.touchstone.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;

/** Whether the diagnosis of a difference names the planted mistake; {@code readings.txt} has the text that it must contain. */
final class Readings {
    private record Row(Pattern bug, String words) {}

    private static final String HIDDEN = "NOT NAMED: ";
    private static final List<Row> ROWS = read();

    private Readings() {}

    /** Whether one of the clues contains the expected text. */
    static boolean isRight(ForwardBug bug, List<String> clues) {
        String words = words(bug);
        return clues.stream().anyMatch(clue -> clue.contains(words));
    }

    /** Whether the mistake is listed as one that cannot be named. */
    static boolean isHidden(ForwardBug bug) {
        return words(bug).startsWith(HIDDEN);
    }

    private static String words(ForwardBug bug) {
        String name = bug.id() + ": " + bug.what();
        String ofFixture = bug.fixture() + " " + name;
        return ROWS.stream()
                .filter(row -> row.bug.matcher(name).matches()
                        || row.bug.matcher(ofFixture).matches())
                .findFirst()
                .orElseThrow(() -> new AssertionError("readings.txt says nothing of " + name))
                .words;
    }

    private static List<Row> read() {
        try (InputStream file = Readings.class.getResourceAsStream("readings.txt")) {
            return new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" => "))
                    .map(parts -> new Row(Pattern.compile(parts[0]), parts[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
