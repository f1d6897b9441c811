package dev.touchstone.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes JSON to other valid JSON: deletes, duplicates or replaces values. */
public final class JsonTrees {
    /** One to three changes, and sometimes damage to the text. */
    public static final Mutation ANY = JsonTrees::mutate;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Inserted as text, since a tree cannot represent all of them. */
    private static final List<String> ODD = List.of(
            "0",
            "1",
            "-1",
            "2",
            "3",
            "5",
            "64",
            "65",
            "1024",
            "65536",
            "2147483647",
            "2147483648",
            "-2147483648",
            "4294967296",
            "1000000000000",
            "9223372036854775807",
            "18446744073709551616",
            "1" + "0".repeat(1100),
            "0.5",
            "-0.0",
            "1e-320",
            "1e308",
            "1e999",
            "-1e999",
            "1e999999999",
            "NaN",
            "null",
            "true",
            "false",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "\"\"",
            "\" \"",
            "\"\\n\"",
            "\"\\u0000\"",
            "\"\\u001b[2J\"",
            "\"\\ud800\"",
            "\"\\u2028\"",
            "\"é😀\"",
            "\"../config.json\"",
            "\"" + "x".repeat(2000) + "\"",
            "[".repeat(1500) + "]".repeat(1500),
            "{\"a\":".repeat(1500) + "1" + "}".repeat(1500),
            "[".repeat(400) + "]".repeat(400));

    private static final String PLACE = "@odd";

    private JsonTrees() {}

    /** The position of a value: a name in an object, or an index in a list. */
    private record Slot(ContainerNode<?> container, String name, int index) {
        JsonNode get() {
            return container instanceof ObjectNode object ? object.get(name) : container.get(index);
        }

        void set(JsonNode value) {
            if (container instanceof ObjectNode object) {
                object.set(name, value);
            } else if (container instanceof ArrayNode array) {
                array.set(index, value);
            }
        }

        void remove() {
            if (container instanceof ObjectNode object) {
                object.remove(name);
            } else if (container instanceof ArrayNode array) {
                array.remove(index);
            }
        }

        void rename(String other) {
            if (container instanceof ObjectNode object) {
                object.set(other, object.remove(name));
            }
        }
    }

    private static byte[] mutate(byte[] input, byte[] other, RandomGenerator random) {
        JsonNode root = parse(input);
        if (root == null || root.isEmpty()) {
            return Bytes.ANY.apply(input, other, random);
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            change(slots(root), slots(parse(other)), random);
        }
        String text;
        try {
            text = JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            return Bytes.ANY.apply(input, other, random); // nested more deeply than Jackson can write
        }
        while (text.contains("\"" + PLACE + "\"")) {
            String odd = ODD.get(random.nextInt(ODD.size()));
            int at = text.indexOf("\"" + PLACE + "\"");
            text = text.substring(0, at) + odd + text.substring(at + PLACE.length() + 2);
        }
        byte[] changed = text.getBytes(UTF_8);
        return random.nextInt(10) == 0 ? Bytes.ANY.apply(changed, other, random) : changed;
    }

    private static void change(List<Slot> slots, List<Slot> others, RandomGenerator random) {
        if (slots.isEmpty()) {
            return;
        }
        Slot slot = any(slots, random);
        switch (random.nextInt(8)) {
            case 0 -> slot.remove();
            case 1 -> slot.set(NODES.arrayNode().add(slot.get().deepCopy()));
            case 2 -> slot.set(any(slots, random).get().deepCopy());
            case 3 -> slot.rename(any(slots, random).name());
            case 4 ->
                slot.set(
                        others.isEmpty()
                                ? NODES.nullNode()
                                : any(others, random).get().deepCopy());
            case 5 -> slot.set(nudged(slot.get(), random));
            default -> slot.set(NODES.textNode(PLACE));
        }
    }

    /** Adds one to a number or doubles it; appends a letter to a string or repeats it. */
    private static JsonNode nudged(JsonNode value, RandomGenerator random) {
        if (value.isIntegralNumber()) {
            long number = value.longValue();
            return NODES.numberNode(random.nextBoolean() ? number * 2 : number + (random.nextBoolean() ? 1 : -1));
        }
        if (value.isTextual()) {
            String text = value.textValue();
            int at = random.nextInt(text.length() + 1);
            return NODES.textNode(
                    random.nextBoolean() ? text + text : text.substring(0, at) + "\u0120" + text.substring(at));
        }
        return NODES.textNode(PLACE);
    }

    private static Slot any(List<Slot> slots, RandomGenerator random) {
        return slots.get(random.nextInt(slots.size()));
    }

    /** Returns null if it is not JSON. */
    private static JsonNode parse(byte[] input) {
        try {
            return JSON.readTree(input);
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            return null; // bytes that are not in the encoding
        }
    }

    private static List<Slot> slots(JsonNode root) {
        List<Slot> slots = new ArrayList<>();
        collect(root, slots);
        return slots;
    }

    private static void collect(JsonNode node, List<Slot> slots) {
        if (node instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(name -> slots.add(new Slot(object, name, 0)));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                slots.add(new Slot(array, "" + i, i));
            }
        }
        if (node != null) {
            node.forEach(child -> collect(child, slots));
        }
    }
}
