package dev.touchstone.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;

/** Whether the diagnosis names a bug; {@code readings.txt} has the text that it must contain. */
final class ExpectedDiagnoses {
    private record Row(Pattern bug, String text) {}

    private static final String NOT_NAMED = "NOT NAMED: ";
    private static final List<Row> ROWS = read();

    private ExpectedDiagnoses() {}

    /** Whether one of the clues contains the expected text. */
    static boolean isRight(ForwardBug bug, List<String> clues) {
        String text = text(bug);
        return clues.stream().anyMatch(clue -> clue.contains(text));
    }

    /** Whether the bug is listed as one that the diagnosis cannot name. */
    static boolean isNotNamed(ForwardBug bug) {
        return text(bug).startsWith(NOT_NAMED);
    }

    private static String text(ForwardBug bug) {
        String name = bug.id() + ": " + bug.what();
        String ofFixture = bug.fixture() + " " + name;
        return ROWS.stream()
                .filter(row -> row.bug.matcher(name).matches()
                        || row.bug.matcher(ofFixture).matches())
                .findFirst()
                .orElseThrow(() -> new AssertionError("readings.txt has no line for " + name))
                .text;
    }

    private static List<Row> read() {
        try (InputStream file = ExpectedDiagnoses.class.getResourceAsStream("readings.txt")) {
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
