package dev.touchstone.support;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The outcome of each planted bug: which check found it, and where. Written at the end of the run. */
public final class KillMatrix {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = Path.of(System.getProperty("touchstone.basedir", "."))
            .resolve(System.getProperty("touchstone.reports", "target"))
            .resolve("zoo");
    private static final List<Row> ROWS = new ArrayList<>();

    private KillMatrix() {}

    /** The outcome of a bug. */
    public enum Fate {
        KILLED,
        EQUIVALENT,
        SURVIVED
    }

    /**
     * Weaker checks that others use; true if the bug passes the check.
     *
     * @param text the greedy text is the same
     * @param argmax the likeliest next token is the same at every position
     * @param nmse the normalised mean squared error of the logits is below 1e-2
     * @param cosine the cosine of the logits is above 0.9999
     * @param absolute no logit is off by more than 1e-2
     */
    public record Gates(boolean text, boolean argmax, boolean nmse, boolean cosine, boolean absolute) {}

    /**
     * One bug.
     *
     * @param check the check that found it, or should have
     * @param where the tap, or the subject of the check
     * @param floors its RMS error there divided by PyTorch's; 0 for bugs that change no tensor
     * @param remark the clues, the message of the check, or the reason why it is equivalent
     * @param gates null if there are no logits
     * @param readRight whether the clues name the mistake
     */
    public record Row(
            String id,
            String what,
            String seenIn,
            String check,
            String where,
            double floors,
            String remark,
            Fate fate,
            Gates gates,
            boolean readRight) {}

    public static synchronized void add(Row row) {
        ROWS.add(row);
    }

    /** The totals, the names of survivors, and what weaker checks would miss; nothing if no bug was planted. */
    static synchronized void report(Totals totals) {
        if (ROWS.isEmpty()) {
            return;
        }
        totals.line(
                "bug zoo",
                "%d mutants planted, %d killed, %d equivalent, %d survived",
                ROWS.size(),
                count(Fate.KILLED),
                count(Fate.EQUIVALENT),
                count(Fate.SURVIVED));
        ROWS.stream()
                .filter(row -> row.fate == Fate.SURVIVED)
                .forEach(row -> totals.line("", "SURVIVED %s: %s", row.id, row.what));
        List<Gates> gates = ROWS.stream()
                .filter(row -> row.fate == Fate.KILLED && row.gates != null)
                .map(Row::gates)
                .toList();
        if (!gates.isEmpty()) {
            totals.line(
                    "readings", "of %d bugs in the forward pass, the mistake named in %d", gates.size(), readRight());
            totals.line(
                    "weaker gates",
                    "would miss, of %d in the forward pass: same text %d, same argmax %d, NMSE < 1e-2 %d, cosine > 0.9999 %d,"
                            + " absolute 1e-2 %d",
                    gates.size(),
                    gates.stream().filter(Gates::text).count(),
                    gates.stream().filter(Gates::argmax).count(),
                    gates.stream().filter(Gates::nmse).count(),
                    gates.stream().filter(Gates::cosine).count(),
                    gates.stream().filter(Gates::absolute).count());
        }
    }

    private static long readRight() {
        return ROWS.stream().filter(Row::readRight).count();
    }

    private static long count(Fate fate) {
        return ROWS.stream().filter(row -> row.fate == fate).count();
    }

    static synchronized void write() {
        if (ROWS.isEmpty()) {
            return;
        }
        ObjectNode report = JSON.createObjectNode();
        report.put("planted", ROWS.size());
        report.put("killed", count(Fate.KILLED));
        report.put("equivalent", count(Fate.EQUIVALENT));
        report.put("survived", count(Fate.SURVIVED));
        report.put("read_right", readRight());
        report.set(
                "mutants",
                JSON.valueToTree(ROWS.stream()
                        .sorted(Comparator.comparing(KillMatrix::place))
                        .collect(Collectors.toList())));
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve("zoo.json"), report.toPrettyString());
            Files.writeString(FOLDER.resolve("index.html"), Page.of(KillMatrix.class, "zoo.html", report.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sorts by area, in the order W, T, F, N, D, and then by number. */
    private static String place(Row row) {
        return "WTFND".indexOf(row.id.charAt(0)) + String.format("%03d", Integer.parseInt(row.id.substring(1)));
    }
}
