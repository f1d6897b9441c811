import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.tensor.KvBufferCache.KvBuffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jlama as an engine of the protocol that protocol.py describes: logits. */
public final class JlamaEngine {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Whether the number of threads was set, which Jlama allows once. */
    private static boolean started;

    private final AbstractModel model;
    private final int vocabulary;

    private JlamaEngine(AbstractModel model) {
        this.model = model;
        this.vocabulary = model.getConfig().vocabularySize;
    }

    /** The argument is the setting, of which there is only one. */
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // so that what the library prints is no answer
        JlamaEngine engine = null;
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            Map<String, Object> answer;
            try {
                JsonNode request = JSON.readTree(line);
                if (request.get("do").asText().equals("load")) {
                    engine = load(
                            Path.of(request.get("folder").asText()),
                            request.get("threads").asInt());
                    Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the largest memory is counted from here
                    answer = Map.of("engine", "Jlama", "version", "0.8.4", "session", true, "batch", false);
                } else {
                    answer = engine.respond(request);
                }
            } catch (RuntimeException e) {
                e.printStackTrace();
                answer = Map.of("error", e.getMessage() == null ? e.toString() : e.getMessage());
            }
            answers.println(JSON.writeValueAsString(answer));
            answers.flush();
        }
    }

    private static JlamaEngine load(Path folder, int threads) throws IOException {
        Path work = Files.createTempDirectory("jlama");
        prepare(folder, work);
        Optional<Integer> executor = started ? Optional.empty() : Optional.of(threads);
        started = true;
        return new JlamaEngine(ModelSupport.loadModel(
                work.toFile(), work.toFile(), DType.F32, DType.F32, Optional.empty(), executor));
    }

    /** Writes the settings under the names that Jlama reads. It refuses what Jlama does not read. */
    private static void prepare(Path folder, Path work) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        for (String id : List.of("bos_token_id", "eos_token_id")) {
            if (!config.path(id).isInt()) {
                config.put(id, 0);
            }
        }
        int hidden = config.path("hidden_size").asInt(config.path("n_embd").asInt());
        int heads = config.path("num_attention_heads").asInt(config.path("n_head").asInt());
        if (config.get("model_type").asText().equals("llama")) {
            int size = hidden / heads;
            if (config.path("head_dim").asInt(size) != size) {
                throw new IllegalArgumentException("it takes hidden_size / num_attention_heads = " + size
                        + " as the head size, and that of this model is " + config.get("head_dim"));
            }
            JsonNode rope = config.path("rope_parameters");
            if (!rope.path("rope_type").asText("default").equals("default")) {
                throw new IllegalArgumentException("it has no rotary embeddings of type " + rope.get("rope_type"));
            }
            config.put("rope_theta", rope.path("rope_theta").asDouble(10000));
        } else {
            config.set("n_ctx", config.get("n_positions"));
        }
        if (hidden / heads % 8 != 0) {
            throw new IllegalArgumentException(
                    "its vector kernels need a head size that is a multiple of 8, and that of this model is " + hidden / heads);
        }
        JSON.writeValue(work.resolve("config.json").toFile(), config);
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            if (Files.exists(folder.resolve(file))) {
                Files.copy(folder.resolve(file), work.resolve(file));
            }
        }
        copyWeights(folder.resolve("model.safetensors"), work.resolve("model.safetensors"));
    }

    /** With the names of GPT-2's first checkpoints. */
    private static void copyWeights(Path from, Path to) throws IOException {
        try (var in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to)) {
            byte[] size = in.readNBytes(8);
            byte[] head = in.readNBytes((int) ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN).getLong());
            ObjectNode renamed = JSON.createObjectNode();
            JSON.readTree(head).fields().forEachRemaining(entry ->
                    renamed.set(entry.getKey().replaceFirst("^transformer\\.", ""), entry.getValue()));
            writeHead(out, renamed);
            in.transferTo(out);
        }
    }

    private static void writeHead(OutputStream out, ObjectNode head) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(head);
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
        Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
        out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length).array());
        out.write(padded);
    }

    private Map<String, Object> respond(JsonNode request) throws IOException {
        switch (request.get("do").asText()) {
            case "taps" -> {
                int[] ids = ids(request.get("ids"));
                write(request.get("out").asText(), ids, logits(List.of(ids)));
            }
            case "logits" -> {
                List<int[]> calls = new ArrayList<>();
                request.get("calls").forEach(call -> calls.add(ids(call)));
                int[] all = calls.stream().flatMapToInt(Arrays::stream).toArray();
                write(request.get("out").asText(), all, logits(calls));
            }
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

    /** The logits after each id of calls that continue each other. */
    private List<float[]> logits(List<int[]> calls) {
        List<float[]> all = new ArrayList<>();
        try (KvBuffer cache = new KvBufferCache(model).getEphemeralKvBuffer()) {
            for (int[] ids : calls) {
                try (AbstractTensor<?, ?> last = model.batchForward(ids, all.size(), cache)) {
                    for (int i = 0; i < ids.length; i++) {
                        all.add(row(last.slice(i)));
                    }
                }
            }
        }
        return all;
    }

    /** The logits of one row; Jlama writes them beside the choice of a token. */
    private float[] row(AbstractTensor<?, ?> hidden) {
        try (AbstractTensor<?, ?> logits = model.makeDenseTensor(1, vocabulary)) {
            model.sample(hidden, 0, 0, logits);
            float[] values = new float[vocabulary];
            for (int v = 0; v < vocabulary; v++) {
                values[v] = logits.get(0, v);
            }
            return values;
        }
    }

    private List<Integer> greedy(int[] prompt, int count) {
        List<Integer> found = new ArrayList<>();
        try (KvBuffer cache = new KvBufferCache(model).getEphemeralKvBuffer();
                AbstractTensor<?, ?> logits = model.makeDenseTensor(1, vocabulary)) {
            int[] next = prompt;
            int position = 0;
            for (int step = 0; step < count; step++) {
                found.add(step(next, position, cache, logits));
                position += next.length;
                next = new int[] {found.get(step)};
            }
        }
        return found;
    }

    /** The most likely token after some ids. */
    private int step(int[] ids, int position, KvBuffer cache, AbstractTensor<?, ?> logits) {
        try (AbstractTensor<?, ?> hidden = model.batchForward(ids, position, cache)) {
            return model.sample(hidden.slice(ids.length - 1), 0, 0, logits);
        }
    }

    /** Seconds for a prompt, of which only the last logits are computed, and for each further token. */
    private Map<String, Object> speed(int tokens, int steps, double seconds) {
        int[] ids = new int[tokens + steps];
        Arrays.setAll(ids, i -> (int) (i * 7919L % vocabulary));
        List<Double> prefill = new ArrayList<>();
        List<Double> decode = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (prefill.isEmpty() || System.nanoTime() < end) {
            try (KvBuffer cache = new KvBufferCache(model).getEphemeralKvBuffer();
                    AbstractTensor<?, ?> logits = model.makeDenseTensor(1, vocabulary)) {
                long start = System.nanoTime();
                step(Arrays.copyOf(ids, tokens), 0, cache, logits);
                prefill.add((System.nanoTime() - start) * 1e-9);
                for (int i = tokens; i < tokens + steps; i++) {
                    start = System.nanoTime();
                    step(new int[] {ids[i]}, i, cache, logits);
                    decode.add((System.nanoTime() - start) * 1e-9);
                    if (System.nanoTime() > end) {
                        break;
                    }
                }
            }
        }
        return Map.of("prefill", median(prefill), "decode", median(decode));
    }

    private static double median(List<Double> values) {
        values.sort(null);
        int half = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(half) : (values.get(half - 1) + values.get(half)) / 2;
    }

    /** A safetensors file with the ids and the logits. */
    private static void write(String file, int[] ids, List<float[]> rows) throws IOException {
        int columns = rows.get(0).length;
        long start = 8L * ids.length;
        long end = start + 4L * rows.size() * columns;
        ObjectNode head = JSON.createObjectNode();
        head.set("input_ids", entry("I64", List.of(ids.length), 0, start));
        head.set("logits", entry("F32", List.of(rows.size(), columns), start, end));
        ByteBuffer data = ByteBuffer.allocate((int) end).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(ids).forEach(data::putLong);
        for (float[] row : rows) {
            for (float value : row) {
                data.putFloat(value);
            }
        }
        try (OutputStream out = Files.newOutputStream(Path.of(file))) {
            writeHead(out, head);
            out.write(data.array());
        }
    }

    private static JsonNode entry(String type, List<Integer> shape, long start, long end) {
        return JSON.valueToTree(Map.of("dtype", type, "shape", shape, "data_offsets", List.of(start, end)));
    }

    private static int[] ids(JsonNode list) {
        return JSON.convertValue(list, int[].class);
    }
}
