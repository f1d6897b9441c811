import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.tensor.Tensor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Touchstone as an engine of the protocol that protocol.py describes. */
public final class TouchstoneEngine {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LanguageModel model;

    private TouchstoneEngine(LanguageModel model) {
        this.model = model;
    }

    /** The argument is the setting, of which there is only one. */
    public static void main(String[] arguments) throws Exception {
        TouchstoneEngine engine = null;
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            try {
                JsonNode request = JSON.readTree(line);
                if (request.get("do").asText().equals("load")) {
                    if (engine != null) {
                        engine.model.close();
                    }
                    LoadOptions options =
                            LoadOptions.defaults().threads(request.get("threads").asInt());
                    engine = new TouchstoneEngine(
                            LanguageModel.load(Path.of(request.get("folder").asText()), options));
                    // The largest memory is counted from here.
                    Files.writeString(Path.of("/proc/self/clear_refs"), "5");
                    String version = "Java " + Runtime.version().feature();
                    answer(Map.of("engine", "Touchstone", "version", version, "session", true, "batch", true));
                } else {
                    answer(engine.respond(request));
                }
            } catch (RuntimeException e) {
                e.printStackTrace();
                answer(Map.of("error", String.valueOf(e.getMessage())));
            }
        }
        if (engine != null) {
            engine.model.close();
        }
    }

    private static void answer(Map<String, Object> values) throws Exception {
        System.out.println(JSON.writeValueAsString(values));
        System.out.flush();
    }

    private Map<String, Object> respond(JsonNode request) throws Exception {
        switch (request.get("do").asText()) {
            case "taps" -> {
                int[] ids = ids(request.get("ids"));
                SafetensorsWriter writer = new SafetensorsWriter().add("input_ids", ids, ids.length);
                model.trace(ids, writer::add);
                writer.write(Path.of(request.get("out").asText()));
            }
            case "logits" -> {
                KvCache cache = model.transformer().newCache();
                List<Float> all = new ArrayList<>();
                int tokens = 0;
                for (JsonNode call : request.get("calls")) {
                    Tensor logits = forward(Batch.of(ids(call), cache));
                    tokens += logits.rows();
                    for (int i = 0; i < logits.size(); i++) {
                        all.add(logits.data()[i]);
                    }
                }
                Tensor whole = Tensor.zeros(tokens, all.size() / tokens);
                for (int i = 0; i < all.size(); i++) {
                    whole.data()[i] = all.get(i);
                }
                new SafetensorsWriter().add("logits", whole).write(Path.of(request.get("out").asText()));
            }
            case "batch" -> batch(request);
            case "greedy" -> {
                return Map.of("ids", greedy(ids(request.get("ids")), request.get("count").asInt()));
            }
            case "speed" -> {
                return speed(
                        request.get("tokens").asInt(),
                        request.get("steps").asInt(),
                        request.get("seconds").asDouble());
            }
            case "memory" -> {
                String peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .findFirst()
                        .orElseThrow();
                return Map.of("bytes", 1024 * Long.parseLong(peak.replaceAll("\\D", "")));
            }
            default -> throw new IllegalArgumentException("unknown request " + request.get("do"));
        }
        return Map.of();
    }

    private void batch(JsonNode request) {
        List<Batch.Sequence> rows = new ArrayList<>();
        for (JsonNode row : request.get("rows")) {
            int[] ids = ids(row);
            rows.add(new Batch.Sequence(ids, model.transformer().newCache(), ids.length));
        }
        Tensor logits = forward(new Batch(rows));
        SafetensorsWriter writer = new SafetensorsWriter();
        int start = 0;
        for (int i = 0; i < rows.size(); i++) {
            int end = start + rows.get(i).ids().length;
            int from = start;
            Tensor one = Tensor.zeros(end - start, logits.size(-1));
            System.arraycopy(logits.data(), from * logits.size(-1), one.data(), 0, one.size());
            writer.add("row." + i, one);
            start = end;
        }
        writer.write(Path.of(request.get("out").asText()));
    }

    private List<Integer> greedy(int[] prompt, int count) {
        KvCache cache = model.transformer().newCache();
        List<Integer> found = new ArrayList<>();
        int[] next = prompt;
        for (int step = 0; step < count; step++) {
            Tensor logits = forward(new Batch(List.of(new Batch.Sequence(next, cache, 1))));
            int best = 0;
            for (int v = 0; v < logits.size(); v++) {
                best = logits.data()[v] > logits.data()[best] ? v : best;
            }
            found.add(best);
            next = new int[] {best};
        }
        return found;
    }

    /** Seconds for a prompt, and for each further token: medians of what is run in {@code seconds}, at least one of each. */
    private Map<String, Object> speed(int tokens, int steps, double seconds) {
        int vocabulary = model.transformer().shape().vocabulary();
        int[] ids = new int[tokens + steps];
        Arrays.setAll(ids, i -> (int) (i * 7919L % vocabulary));
        List<Double> prefill = new ArrayList<>();
        List<Double> decode = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (prefill.isEmpty() || System.nanoTime() < end) {
            KvCache cache = model.transformer().newCache();
            prefill.add(secondsFor(Arrays.copyOf(ids, tokens), cache));
            for (int i = tokens; i < tokens + steps; i++) {
                decode.add(secondsFor(new int[] {ids[i]}, cache));
                if (System.nanoTime() > end) {
                    break;
                }
            }
        }
        return Map.of("prefill", median(prefill), "decode", median(decode));
    }

    private double secondsFor(int[] ids, KvCache cache) {
        long start = System.nanoTime();
        forward(Batch.of(ids, cache));
        return (System.nanoTime() - start) * 1e-9;
    }

    private static double median(List<Double> values) {
        values.sort(null);
        int half = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(half) : (values.get(half - 1) + values.get(half)) / 2;
    }

    private Tensor forward(Batch batch) {
        return model.transformer().forward(batch, model.kernels(), Trace.OFF);
    }

    private static int[] ids(JsonNode list) {
        return JSON.convertValue(list, int[].class);
    }
}
