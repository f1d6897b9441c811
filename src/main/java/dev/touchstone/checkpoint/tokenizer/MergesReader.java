package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.touchstone.tokenizer.model.Merge;
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

    /**
     * The merges of a BPE in {@code tokenizer.json}: all of them strings, or all of them pairs. Among strings, lines that
     * begin with {@code #version} are ignored, as in Hugging Face's library. A tokenizer that was made in memory has pairs without a node
     * for each.
     */
    static List<Merge> ofJson(Component model) {
        JsonNode list = model.json().path("merges");
        if (list instanceof POJONode made) {
            return ((List<?>) made.getPojo())
                    .stream().map(pair -> ofPair((List<?>) pair)).toList();
        }
        if (!list.isArray()) {
            throw model.error("merges", "a list");
        }
        boolean pairs = list.path(0).isArray();
        List<Merge> merges = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            int index = i; // for the lambda
            JsonNode merge = list.get(index);
            if (pairs && isPair(merge)) {
                merges.add(new Merge(merge.get(0).textValue(), merge.get(1).textValue()));
            } else if (!pairs && merge.isTextual()) {
                if (!merge.textValue().startsWith("#version")) {
                    merges.add(merge(() -> model.path() + ": " + place(index), merge.textValue()));
                }
            } else {
                throw model.error(
                        place(index),
                        merge,
                        pairs ? "a pair like the first merge" : "a string, as not all merges are pairs");
            }
        }
        return merges;
    }

    private static String place(int index) {
        return "merges[" + index + "]";
    }

    private static Merge ofPair(List<?> pair) {
        return new Merge((String) pair.get(0), (String) pair.get(1));
    }

    private static boolean isPair(JsonNode merge) {
        return merge.isArray()
                && merge.size() == 2
                && merge.get(0).isTextual()
                && merge.get(1).isTextual();
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
