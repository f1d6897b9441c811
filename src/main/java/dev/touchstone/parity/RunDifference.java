package dev.touchstone.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What changed between two runs of an engine, such as two versions of it, by their JSON reports.
 *
 * @param changes the taps of both runs whose errors or verdicts differ, those with the largest factor first
 * @param equal the number of taps of both runs whose errors and verdicts are equal
 * @param onlyBefore the taps that only the first run has
 * @param onlyAfter the taps that only the second run has
 */
public record RunDifference(List<Change> changes, int equal, List<String> onlyBefore, List<String> onlyAfter) {
    private static final Set<String> PASS = Set.of("right", "exact", "local");

    /** A tap of one prompt, its results, and its RMS errors. */
    public record Change(String tap, String before, String after, double errorBefore, double errorAfter) {
        /** The second error divided by the first. */
        public double factor() {
            return errorAfter / errorBefore;
        }

        /** Whether the tap passes in the first run only. */
        public boolean fails() {
            return PASS.contains(before) && !PASS.contains(after);
        }

        private double size() {
            double factor = factor();
            return Double.isNaN(factor) ? Double.POSITIVE_INFINITY : Math.abs(Math.log(factor));
        }
    }

    /**
     * Compares two reports of {@link Report#json}.
     *
     * @throws TouchstoneException if one has no taps, or if they have none in common
     */
    public static RunDifference of(JsonNode before, JsonNode after) {
        Map<String, JsonNode> first = taps(before);
        Map<String, JsonNode> second = taps(after);
        List<Change> changes = new ArrayList<>();
        List<String> onlyBefore = new ArrayList<>();
        int equal = 0;
        for (Map.Entry<String, JsonNode> one : first.entrySet()) {
            JsonNode other = second.get(one.getKey());
            if (other == null) {
                onlyBefore.add(one.getKey());
                continue;
            }
            Change change = new Change(
                    one.getKey(), verdict(one.getValue()), verdict(other), error(one.getValue()), error(other));
            if (change.errorBefore == change.errorAfter && change.before.equals(change.after)) {
                equal++;
            } else {
                changes.add(change);
            }
        }
        if (onlyBefore.size() == first.size()) {
            throw new TouchstoneException("the two reports have no tap in common: they are of other fixtures");
        }
        changes.sort(Comparator.comparingDouble((Change change) -> -change.size()));
        List<String> onlyAfter =
                second.keySet().stream().filter(tap -> !first.containsKey(tap)).toList();
        return new RunDifference(List.copyOf(changes), equal, List.copyOf(onlyBefore), onlyAfter);
    }

    /** The taps that pass in the first run and fail in the second. */
    public List<Change> failures() {
        return changes.stream().filter(Change::fails).toList();
    }

    private static Map<String, JsonNode> taps(JsonNode report) {
        Map<String, JsonNode> taps = new LinkedHashMap<>();
        for (JsonNode fixture : report.path("fixtures")) {
            for (JsonNode one : fixture.path("cases")) {
                String title =
                        fixture.path("name").asText() + " " + one.path("name").asText() + " ";
                for (JsonNode tap : one.path("taps")) {
                    taps.put(title + tap.path("name").asText(), tap);
                }
            }
        }
        if (taps.isEmpty()) {
            throw new TouchstoneException("the file has no fixtures with taps; parity writes such a report as JSON");
        }
        return taps;
    }

    private static String verdict(JsonNode tap) {
        return tap.path("verdict").asText();
    }

    /** Infinity and NaN are texts in JSON. */
    private static double error(JsonNode tap) {
        return tap.path("rms").isNumber()
                ? tap.path("rms").asDouble()
                : Double.parseDouble(tap.path("rms").asText("NaN"));
    }
}
