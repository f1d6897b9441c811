package dev.touchstone.zoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.gguf.GgufFolder;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.weights.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model of a GGUF file before it is built, so that mistakes of a reader can be made in it.
 *
 * @param name of the fixture
 * @param config {@code config.json}
 * @param tensors by their names in Hugging Face's model
 */
record GgufModel(String name, ObjectNode config, Map<String, Tensor> tensors) {
    static GgufModel read(String name) {
        try (GgufFolder folder = GgufFolder.open(Fixtures.root().resolve("gguf-" + name + ".gguf"))) {
            String config = new String(folder.bytes("config.json"), StandardCharsets.UTF_8);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (StoredTensor stored : folder.all()) {
                Tensor tensor = Tensor.zeros(stored.shape());
                stored.reader(tensor.size()).floats(0, tensor.size(), tensor.data(), 0);
                tensors.put(stored.name(), tensor);
            }
            return new GgufModel(
                    name, (ObjectNode) Json.object("config.json", config).json(), tensors);
        }
    }

    /** The largest error of the logits, relative to the largest logit of Hugging Face. */
    double error() {
        JsonNode record = Fixtures.json("gguf-" + name + ".json");
        int[] ids = new int[record.get("ids").size()];
        Arrays.setAll(ids, i -> record.get("ids").get(i).intValue());
        Tensor logits = logits(ids);
        double largest = 0;
        double error = 0;
        for (int t = 0; t < logits.rows(); t++) {
            for (int v = 0; v < logits.size(-1); v++) {
                double expected = record.get("logits").get(t).get(v).doubleValue();
                largest = Math.max(largest, Math.abs(expected));
                error = Math.max(error, Math.abs(logits.at(t, v) - expected));
            }
        }
        return error / largest;
    }

    private Tensor logits(int[] ids) {
        try {
            Path folder = Files.createTempDirectory("gguf");
            try {
                Files.writeString(folder.resolve("config.json"), config.toString());
                SafetensorsWriter file = new SafetensorsWriter();
                tensors.forEach(file::add);
                file.write(folder.resolve("model.safetensors"));
                return Checkpoint.load(folder).transformer().forward(ids, new ScalarKernels(), Trace.OFF);
            } finally {
                try (Stream<Path> files = Files.list(folder)) {
                    files.forEach(file -> file.toFile().delete());
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
