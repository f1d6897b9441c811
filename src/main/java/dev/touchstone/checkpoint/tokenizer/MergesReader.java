package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.tokenizer.Merge;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads merges in each of their formats: {@code merges.txt}, {@code "a b"} in JSON, {@code ["a", "b"]} in JSON. */
final class MergesReader {
    private MergesReader() {}

    /**
     * The lines of {@code merges.txt}. Only a first line that begins with {@code #version} is a header: eight of GPT-2's
     * merges begin with {@code #}. Lines end with LF or CR LF; the last line may be blank.
     */
    static List<Merge> ofLines(String file, byte[] content) {
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\r?\n"); // drops blank lines at the end
        List<Merge> merges = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            boolean header = i == 0 && (lines[i].startsWith("#version") || lines[i].isEmpty());
            if (!header) {
                int number = i + 1;
                merges.add(merge(() -> file + " line " + number, lines[i]));
            }
        }
        return merges;
    }

    /** The merges of a BPE in {@code tokenizer.json}. */
    static List<Merge> ofJson(Component model) {
        JsonNode list = model.json().path("merges");
        if (!list.isArray()) {
            throw model.error("has no list of merges; a BPE needs one");
        }
        List<Merge> merges = new ArrayList<>();
        for (JsonNode merge : list) {
            if (merge.isArray()
                    && merge.size() == 2
                    && merge.get(0).isTextual()
                    && merge.get(1).isTextual()) {
                merges.add(new Merge(merge.get(0).textValue(), merge.get(1).textValue()));
            } else if (merge.isTextual()) {
                merges.add(merge(() -> place(model, merges), merge.textValue()));
            } else {
                throw new TouchstoneException(
                        place(model, merges) + " must be \"a b\" or [\"a\", \"b\"], found " + merge);
            }
        }
        return merges;
    }

    private static String place(Component model, List<Merge> preceding) {
        return model.path() + ".merges[" + preceding.size() + "]";
    }

    private static Merge merge(Supplier<String> place, String line) {
        int space = line.indexOf(' ');
        if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
            throw new TouchstoneException(
                    place.get() + " must be two tokens with one space between, found \"" + line + "\"");
        }
        return new Merge(line.substring(0, space), line.substring(space + 1));
    }
}
