package dev.touchstone.parity;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.fuzz.Folders;
import dev.touchstone.fuzz.Target;
import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Fuzzes a golden file and a trace of another engine, which are compared with a small random model. */
public final class ParityTargets {
    private static final String GOLDENS = "goldens.safetensors";
    private static final String TRACE = "trace.safetensors";

    private final Path folder;
    private final Transformer model;

    private ParityTargets(Path folder, RandomGpt2 random) {
        this.folder = folder;
        this.model = random.model();
    }

    /** @param folder an empty folder for the files */
    public static Target in(Path folder) throws IOException {
        RandomGpt2.Sizes sizes = new RandomGpt2.Sizes(1, 2, 2, 3, 3, 5);
        RandomGpt2 random = new RandomGpt2(sizes, Activation.GELU, 1e-5, true, false, 1);
        ParityTargets targets = new ParityTargets(folder, random);
        byte[] valid = Folders.pack(targets.files(random.prompt()));
        return new Target("goldens", 4, 64 << 20, List.of(valid), Folders.ANY, targets::read);
    }

    /** A golden file and a trace with the results of this engine, because only the reader is tested. */
    private Map<String, byte[]> files(int[] ids) throws IOException {
        Map<String, Tensor> taps = new LinkedHashMap<>();
        model.forward(ids, new ScalarKernels(), taps::put);
        SafetensorsWriter goldens = new SafetensorsWriter().add("input_ids", ids, ids.length);
        SafetensorsWriter trace = new SafetensorsWriter().add("input_ids", ids, ids.length);
        taps.forEach((name, value) -> {
            double[] truth = IntStream.range(0, value.size())
                    .mapToDouble(i -> value.data()[i])
                    .toArray();
            goldens.add(name, value).add(name + "#f64", truth, value.shape());
            trace.add(name, value);
        });
        goldens.metadata("taps", new ObjectMapper().writeValueAsString(taps.keySet()))
                .write(folder.resolve(GOLDENS));
        trace.write(folder.resolve(TRACE));
        return Map.of(
                GOLDENS, Files.readAllBytes(folder.resolve(GOLDENS)),
                TRACE, Files.readAllBytes(folder.resolve(TRACE)));
    }

    private String read(byte[] input) throws IOException {
        Map<String, byte[]> files = Folders.unpack(input);
        if (!files.keySet().equals(Set.of(GOLDENS, TRACE))) {
            return "not these files"; // the archive itself is not tested
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        try (Goldens goldens = new Goldens(folder.resolve(GOLDENS));
                Safetensors trace = Safetensors.open(folder.resolve(TRACE))) {
            return summary(Parity.check(this::forward, TapMap.of(model), goldens))
                    + ", the other's "
                    + summary(Parity.check(tap -> trace.get(tap).floats(), this::forward, TapMap.of(model), goldens));
        }
    }

    private Tensor forward(int[] ids, Trace trace) {
        return model.forward(ids, new ScalarKernels(), trace);
    }

    /** The first wrong tap and the diagnosis without numbers, or "right". */
    private static String summary(CaseResult result) {
        result.taps().forEach(TapResult::describe);
        String clues = String.join("; ", result.clues()).replaceAll("\\d+", "#");
        return result.firstDivergence().map(tap -> tap.name() + ": " + clues).orElse("right");
    }
}
