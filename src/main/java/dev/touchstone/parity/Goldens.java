package dev.touchstone.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A golden file: the token ids of a prompt, and every tap of the forward pass in float32 and in float64. */
public final class Goldens implements Reference, AutoCloseable {
    private static final String IDS = "input_ids";
    private static final String FLOAT64 = "#f64";

    private final Path file;
    private final Safetensors tensors;
    private final List<String> taps;

    public Goldens(Path file) {
        this.file = file;
        this.tensors = Safetensors.open(file);
        this.taps = readTaps();
    }

    private List<String> readTaps() {
        List<String> names = listedTaps();
        Set<String> expected = new HashSet<>(Set.of(IDS));
        names.forEach(name -> expected.addAll(Set.of(name, name + FLOAT64)));
        Set<String> found = new HashSet<>(tensors.names());
        if (names.isEmpty() || !expected.equals(found)) {
            Set<String> unmatched = new HashSet<>(expected);
            unmatched.addAll(found);
            unmatched.removeIf(name -> expected.contains(name) && found.contains(name));
            throw new TouchstoneException(file + ": its list of taps and its tensors differ: " + unmatched);
        }
        for (String name : names) {
            String float32 = Arrays.toString(tensors.get(name).shape());
            String float64 = Arrays.toString(tensors.get(name + FLOAT64).shape());
            if (!float32.equals(float64)) {
                throw new TouchstoneException(
                        file + ": " + name + " has shape " + float32 + " in float32 and " + float64 + " in float64");
            }
        }
        return names;
    }

    /** The names of the taps in the metadata, in order of computation. */
    private List<String> listedTaps() {
        String json = tensors.metadata().get("taps");
        if (json == null) {
            throw new TouchstoneException(file + ": its metadata has no list of taps; regenerate the fixture");
        }
        JsonNode taps = Json.value(file + ": its list of taps", json);
        List<String> names = new JsonObject(
                        file.toString(), JsonNodeFactory.instance.objectNode().set("taps", taps))
                .texts("taps");
        if (Set.copyOf(names).size() < names.size()) {
            throw new TouchstoneException(file + ": its list of taps contains a name twice: " + json);
        }
        return names;
    }

    @Override
    public int[] ids() {
        return tensors.get(IDS).ints();
    }

    @Override
    public List<String> taps() {
        return taps;
    }

    @Override
    public int[] shape(String tap) {
        return tensors.get(tap).shape();
    }

    @Override
    public double[] float64(String tap) {
        return tensors.get(tap + FLOAT64).doubles();
    }

    @Override
    public float[] float32(String tap) {
        return tensors.get(tap).floats().data();
    }

    @Override
    public void close() {
        tensors.close();
    }
}
