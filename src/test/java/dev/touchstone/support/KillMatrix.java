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
import java.util.Map;
import java.util.stream.Collectors;

/** The outcome of each planted bug: the check that detected it, and where. Written to a page at the end of the run. */
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
     * Weaker checks that other projects use; true if the bug passes the check.
     *
     * @param text the greedy text is the same
     * @param argmax the most likely next token is the same at every position
     * @param nmse the normalised mean squared error of the logits is below 1e-2
     * @param cosine the cosine of the logits is above 0.9999
     * @param absolute no logit is off by more than 1e-2
     */
    public record Gates(boolean text, boolean argmax, boolean nmse, boolean cosine, boolean absolute) {}

    /**
     * One bug.
     *
     * @param check the check that must detect the bug
     * @param where the tap at which the bug was located, or the name of the tested object
     * @param floors the RMS error at the tap divided by that of PyTorch; 0 for bugs that change no tensor
     * @param remark the diagnosis, the message of the check, or the reason why the bug is equivalent
     * @param gates null if there are no logits
     * @param readRight whether the diagnosis names the bug
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

    /** Adds the totals, the survivors, and the number of bugs that weaker checks would miss; nothing if there are no bugs. */
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
            totals.line("diagnosis", "names %2$d of %1$d bugs in the forward pass", gates.size(), readRight());
            totals.line(
                    "weaker checks",
                    "would miss, of %d bugs in the forward pass: same text %d, same argmax %d, NMSE < 1e-2 %d, cosine > 0.9999 %d,"
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
                        .sorted(Comparator.comparing(KillMatrix::sortKey))
                        .collect(Collectors.toList())));
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve("zoo.json"), report.toPrettyString());
            Files.writeString(
                    FOLDER.resolve("index.html"),
                    Page.of(
                            KillMatrix.class,
                            "zoo.html",
                            Map.of(
                                    "keywords",
                                    "",
                                    "title",
                                    "the bug zoo",
                                    "description",
                                    "bug zoo: %d bugs planted, %d killed, %d equivalent, %d survived"
                                            .formatted(
                                                    ROWS.size(),
                                                    count(Fate.KILLED),
                                                    count(Fate.EQUIVALENT),
                                                    count(Fate.SURVIVED))),
                            report.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A key that sorts by area, in the order W, T, F, N, D, and then by number. */
    private static String sortKey(Row row) {
        return "WTFND".indexOf(row.id.charAt(0)) + String.format("%03d", Integer.parseInt(row.id.substring(1)));
    }
}
