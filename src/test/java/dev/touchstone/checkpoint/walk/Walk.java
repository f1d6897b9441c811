package dev.touchstone.checkpoint.walk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.support.Fixtures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Files of {@code fixtures}: configurations, each with changes and what Hugging Face makes of them. */
final class Walk {
    private static final JsonMapper JSON = new JsonMapper();

    private Walk() {}

    /**
     * A change of one attribute, or of a few.
     *
     * @param base the configuration that is changed
     * @param attributes those that are changed
     * @param config with the change
     * @param shapes of the tensors
     * @param entry of the file
     */
    record Case(JsonNode base, Set<String> attributes, ObjectNode config, Map<String, int[]> shapes, JsonNode entry) {
        /** Whether Hugging Face gives no logits: it throws, or weights are missing, or the logits are no numbers. */
        boolean isRefused() {
            return entry.has("error") || entry.has("missing");
        }

        /** Whether Hugging Face ignores tensors of the file. */
        boolean hasUnusedTensors() {
            return entry.has("unexpected");
        }

        boolean changesLogits() {
            return entry.has("logits");
        }

        /** Hugging Face's logits of the last token. (V) */
        float[] logits() {
            JsonNode logits = (changesLogits() ? entry : base).get("logits");
            float[] numbers = new float[logits.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = logits.get(i).floatValue();
            }
            return numbers;
        }

        int[] ids() {
            return ints(base.get("ids"));
        }

        String family() {
            return base.get("config").get("model_type").asText();
        }

        @Override
        public String toString() {
            String tensors = entry.path("shapes").toString();
            return base.get("base").asText() + ": " + entry.get("changes")
                    + (entry.has("left_out") ? ", without " + entry.get("left_out") : "")
                    + (entry.has("shapes") ? ", tensors " + tensors.substring(0, Math.min(120, tensors.length())) : "");
        }
    }

    /** The cases of a file, such as {@code config-walk.json}. */
    static List<Case> cases(String file) throws IOException {
        List<Case> cases = new ArrayList<>();
        JsonNode base = null;
        for (JsonNode entry : JSON.readTree(Fixtures.root().resolve(file).toFile())) {
            if (entry.has("base")) {
                base = entry;
            } else {
                cases.add(changed(base, entry));
            }
        }
        return cases;
    }

    private static Case changed(JsonNode base, JsonNode entry) {
        ObjectNode config = base.get("config").deepCopy();
        Set<String> attributes = new TreeSet<>();
        entry.path("left_out").forEach(name -> attributes.add(name.asText()));
        config.remove(attributes);
        config.setAll((ObjectNode) entry.get("changes"));
        entry.get("changes").fieldNames().forEachRemaining(attributes::add);
        Map<String, int[]> shapes = new TreeMap<>();
        base.get("shapes").properties().forEach(shape -> shapes.put(shape.getKey(), ints(shape.getValue())));
        entry.path("shapes").properties().forEach(shape -> {
            if (shape.getValue().isNull()) {
                shapes.remove(shape.getKey());
            } else {
                shapes.put(shape.getKey(), ints(shape.getValue()));
            }
        });
        return new Case(base, attributes, config, shapes, entry);
    }

    private static int[] ints(JsonNode list) {
        int[] numbers = new int[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = list.get(i).intValue();
        }
        return numbers;
    }
}
