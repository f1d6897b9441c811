package dev.touchstone.checkpoint.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.touchstone.util.Json;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON of a safetensors header, token by token: a header of many megabytes costs no tree. */
final class SafetensorsHeaderParser {
    private final String file;
    private final JsonParser json;
    private final Map<String, SafetensorsHeader.Entry> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeaderParser(String file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    static SafetensorsHeader parse(String file, String text, long dataStart) {
        try (JsonParser json = Json.STREAMS.createParser(text)) {
            SafetensorsHeaderParser parser = new SafetensorsHeaderParser(file, json);
            parser.header();
            return new SafetensorsHeader(parser.tensors, parser.metadata, dataStart);
        } catch (JsonProcessingException e) {
            throw Problems.malformed(file + ": the header", text, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from text
        }
    }

    private void header() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the header", "an object");
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            if (name.equals("__metadata__")) {
                metadata();
            } else {
                tensors.put(name, tensor(name));
            }
        }
        if (json.nextToken() != null) {
            throw error("the header", "something after its last brace", "spaces only");
        }
    }

    private void metadata() throws IOException {
        if (json.nextToken() == JsonToken.VALUE_NULL) {
            return; // the safetensors library reads this as no metadata
        }
        expect(json.currentToken(), JsonToken.START_OBJECT, "__metadata__", "an object");
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            expect(json.nextToken(), JsonToken.VALUE_STRING, "__metadata__." + key, "a string");
            metadata.put(key, json.getText());
        }
    }

    private SafetensorsHeader.Entry tensor(String name) throws IOException {
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        expect(json.nextToken(), JsonToken.START_OBJECT, name, "an object");
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            json.nextToken();
            switch (key) {
                case "dtype" -> dtype = dtype(name);
                case "shape" -> shape = sizes(name + ".shape");
                case "data_offsets" -> offsets = sizes(name + ".data_offsets");
                default -> json.skipChildren();
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw error(name, "no " + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"), "one");
        }
        return entry(name, dtype, shape, offsets);
    }

    private DType dtype(String name) throws IOException {
        expect(json.currentToken(), JsonToken.VALUE_STRING, name + ".dtype", "a string");
        String text = json.getText();
        return Arrays.stream(DType.values())
                .filter(type -> type.name().equals(text))
                .findFirst()
                .orElseThrow(() -> error(name, "dtype " + text, "one of " + Arrays.toString(DType.values())));
    }

    private List<Long> sizes(String what) throws IOException {
        expect(json.currentToken(), JsonToken.START_ARRAY, what, "a list");
        List<Long> sizes = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what, "whole numbers");
            long size = json.getLongValue();
            if (size < 0) {
                throw error(what, "a negative number, " + size, "none");
            }
            sizes.add(size);
        }
        return sizes;
    }

    private SafetensorsHeader.Entry entry(String name, DType dtype, List<Long> sizes, List<Long> offsets) {
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw error(name, "data_offsets " + offsets, "[begin, end]");
        }
        long bits = dtype.bits();
        for (long size : sizes) {
            if (size > Integer.MAX_VALUE || bits != 0 && size > Long.MAX_VALUE / bits) {
                throw error(name, "shape " + sizes, "one that can be: its number of bytes overflows");
            }
            bits *= size;
        }
        long bytes = offsets.get(1) - offsets.get(0);
        if (bits % 8 != 0 || bits / 8 != bytes) {
            throw error(name, bytes + " bytes", bits / 8 + " for shape " + sizes + " of " + dtype);
        }
        int[] shape = sizes.stream().mapToInt(Long::intValue).toArray();
        return new SafetensorsHeader.Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private void expect(JsonToken found, JsonToken expected, String what, String description) {
        if (found != expected) {
            throw error(what, found == null ? "nothing" : found.toString(), description);
        }
    }

    private TouchstoneException error(String what, String found, String expected) {
        return new TouchstoneException(file + ": " + Problems.printable(what) + " has " + Problems.printable(found)
                + ", expected " + expected + "; the file is damaged: download or save it again");
    }
}
