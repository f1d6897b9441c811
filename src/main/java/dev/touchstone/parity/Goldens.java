package dev.touchstone.parity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.TouchstoneException;
import dev.touchstone.checkpoint.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One golden file: the ids of a prompt, and every tap of its forward pass in float32 and in float64. */
public final class Goldens implements Reference, AutoCloseable {
    private static final String IDS = "input_ids";
    private static final String TRUTH = "#f64";

    private final Path file;
    private final Safetensors tensors;
    private final List<String> taps;

    public Goldens(Path file) {
        this.file = file;
        this.tensors = Safetensors.open(file);
        this.taps = readTaps();
    }

    private List<String> readTaps() {
        String json = tensors.metadata().get("taps");
        if (json == null) {
            throw new TouchstoneException(file + ": its metadata has no list of taps; regenerate the fixture");
        }
        List<String> names;
        try {
            names = Arrays.asList(new ObjectMapper().readValue(json, String[].class));
        } catch (JsonProcessingException e) {
            throw new TouchstoneException(file + ": its list of taps is not a JSON list of names: " + json, e);
        }
        Set<String> expected = new HashSet<>(Set.of(IDS));
        names.forEach(name -> expected.addAll(Set.of(name, name + TRUTH)));
        Set<String> found = new HashSet<>(tensors.names());
        if (names.isEmpty() || !expected.equals(found)) {
            Set<String> odd = new HashSet<>(expected);
            odd.addAll(found);
            odd.removeIf(name -> expected.contains(name) && found.contains(name));
            throw new TouchstoneException(file + ": its list of taps and its tensors differ: " + odd);
        }
        return names;
    }

    @Override
    public int[] ids() {
        return Arrays.stream(tensors.longs(IDS)).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public List<String> taps() {
        return taps;
    }

    @Override
    public int[] shape(String tap) {
        return tensors.shape(tap);
    }

    @Override
    public double[] truth(String tap) {
        return tensors.doubles(tap + TRUTH);
    }

    @Override
    public float[] float32(String tap) {
        return tensors.tensor(tap).data();
    }

    @Override
    public void close() {
        tensors.close();
    }
}
