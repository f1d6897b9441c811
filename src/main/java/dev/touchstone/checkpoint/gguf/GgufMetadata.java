package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.math.BigInteger;

/** Reads the metadata of a GGUF file: keys with values of thirteen types, as JSON. */
final class GgufMetadata {
    /** A key takes at least its length, a type and one byte of the value. */
    static final int SMALLEST_ENTRY = Long.BYTES + Integer.BYTES + 1;

    private static final int LONGEST_KEY = 65_535;
    private static final int DEEPEST = 8;

    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final String file;
    private final GgufInput in;

    GgufMetadata(String file, GgufInput in) {
        this.file = file;
        this.in = in;
    }

    /** Reads all entries, in the order of the file. */
    ObjectNode read(int count) throws IOException {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < count; i++) {
            String key = in.string();
            if (key.length() > LONGEST_KEY) {
                throw damaged("has a key of " + key.length() + " characters, expected at most " + LONGEST_KEY);
            }
            if (metadata.has(key)) {
                throw damaged("has the key " + Problems.printable(key) + " twice");
            }
            metadata.set(key, value(key, in.int32(), 0));
        }
        return metadata;
    }

    private JsonNode value(String key, int type, int depth) throws IOException {
        return switch (type) {
            case 0 -> IntNode.valueOf(in.int8() & 0xFF);
            case 1 -> IntNode.valueOf(in.int8());
            case 2 -> IntNode.valueOf(in.int16() & 0xFFFF);
            case 3 -> IntNode.valueOf(in.int16());
            case 4 -> LongNode.valueOf(in.int32() & 0xFFFF_FFFFL);
            case 5 -> IntNode.valueOf(in.int32());
            case 6 -> FloatNode.valueOf(Float.intBitsToFloat(in.int32()));
            case 7 -> flag(key, in.int8());
            case STRING -> TextNode.valueOf(in.string());
            case ARRAY -> array(key, depth);
            case 10 -> unsigned(in.int64());
            case 11 -> LongNode.valueOf(in.int64());
            case 12 -> DoubleNode.valueOf(Double.longBitsToDouble(in.int64()));
            default ->
                throw damaged(
                        Problems.printable(key) + " has type " + Integer.toUnsignedString(type) + ", expected 0 to 12");
        };
    }

    private JsonNode flag(String key, int value) {
        if (value != 0 && value != 1) {
            throw damaged(Problems.printable(key) + " is a boolean with value " + value + ", expected 0 or 1");
        }
        return BooleanNode.valueOf(value == 1);
    }

    private static JsonNode unsigned(long value) {
        return value >= 0
                ? LongNode.valueOf(value)
                : JsonNodeFactory.instance.numberNode(new BigInteger(Long.toUnsignedString(value)));
    }

    private ArrayNode array(String key, int depth) throws IOException {
        if (depth == DEEPEST) {
            throw damaged(Problems.printable(key) + " has arrays nested more than " + DEEPEST + " deep");
        }
        int type = in.int32();
        int count =
                in.count("elements of " + Problems.printable(key), type == STRING || type == ARRAY ? Long.BYTES : 1);
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < count; i++) {
            array.add(value(key, type, depth + 1));
        }
        return array;
    }

    private TouchstoneException damaged(String what) {
        return new TouchstoneException(file + ": " + what + ": it is damaged; download it again");
    }
}
