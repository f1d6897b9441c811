package dev.touchstone.cli;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Writes a fixture whose expected values are computed by this engine, for tests of the commands that read fixtures. */
final class TinyFixture {
    private TinyFixture() {}

    /** The path of the golden file in the model's folder. */
    static Path write(Path model, int[] ids) throws IOException {
        List<String> taps = new ArrayList<>();
        SafetensorsWriter goldens = new SafetensorsWriter().add("input_ids", ids, ids.length);
        Checkpoint.load(model).transformer().forward(ids, new ScalarKernels(), (name, value) -> {
            taps.add("\"" + name + "\"");
            goldens.add(name, value).add(name + "#f64", doubles(value), value.shape());
        });
        Files.writeString(model.resolve("provenance.json"), "{}");
        Path file = Files.createDirectory(model.resolve("goldens")).resolve("short.safetensors");
        goldens.metadata("taps", taps.toString()).write(file);
        return file;
    }

    private static double[] doubles(Tensor tensor) {
        return IntStream.range(0, tensor.size())
                .mapToDouble(i -> tensor.data()[i])
                .toArray();
    }
}
