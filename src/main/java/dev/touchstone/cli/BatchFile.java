package dev.touchstone.cli;

import dev.touchstone.batch.BatchRow;
import dev.touchstone.batch.RowReader;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file with one row of a batch in each line. */
final class BatchFile {
    private BatchFile() {}

    /** Reads all rows, without blank lines. Rejects a file if one of its lines cannot be used. */
    static List<BatchRow> read(Path file, RowReader reader) {
        List<BatchRow> rows = new ArrayList<>();
        int number = 0;
        for (String line : Utf8.read(file).lines().toList()) {
            number++;
            if (!line.isBlank()) {
                rows.add(reader.read(file + " line " + number, line));
            }
        }
        return rows;
    }
}
