package dev.touchstone.bench;

import static dev.touchstone.bench.Benchmarks.BFLOAT16;
import static dev.touchstone.bench.Benchmarks.HUGGING_FACE;
import static dev.touchstone.bench.Benchmarks.HUGGING_FACE_BFLOAT16;
import static dev.touchstone.bench.Benchmarks.TORCH;
import static dev.touchstone.bench.Benchmarks.VECTOR;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.Json;
import dev.touchstone.util.Page;
import dev.touchstone.util.Problems;
import dev.touchstone.util.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results, as JSON and as a page with charts. */
final class BenchReport {
    /** A model larger than an array or a mapped file: seconds, tokens per second, 10^6 bytes. */
    record ExtraLarge(double loadSeconds, double prefill, double decode, double megabytes) {}

    private final ObjectNode root = new ObjectMapper().createObjectNode();

    BenchReport(int threads) {
        root.putObject("machine")
                .put("processor", processor())
                .put("threads", threads)
                .put("java", System.getProperty("java.vm.version"))
                .put("date", LocalDate.now().toString());
    }

    void firstToken(Map<String, double[]> seconds) {
        ObjectNode node = root.putObject("firstToken");
        seconds.forEach((name, all) -> node.put(name, Workload.median(all)));
        boolean old = Runtime.version().feature() < 25; // no cache of compiled code and profiles
        double median = Workload.median(seconds.get(VECTOR));
        target("First token of 64, from process start", "s", median, old ? 2.2 : 1.5, old ? 1.5 : 1.0, false);
    }

    void fresh(String name, FreshProcesses fresh) {
        ObjectNode node = root.withObject("/fresh").putObject(name);
        node.put("seconds", FreshProcesses.median(fresh.firstTokens()));
        double first = FreshProcesses.median(fresh.firstPrefill());
        node.put("firstPrefill", first);
        fresh.step().forEach(node.putArray("step")::add);
        fresh.prefill().forEach(node.putArray("prefill")::add);
        fresh.megabytes().forEach(node.putArray("megabytes")::add);
        target("First prefill of 512 in a process, " + name, "s", first, 1.3, 1, false);
        slowest("prefill, " + name, fresh.prefill());
        slowest("decode, " + name, fresh.step());
        target("Memory of a prefill of 512, " + name, "MB", FreshProcesses.largest(fresh.megabytes()), 250, 200, false);
    }

    private void slowest(String what, List<Double> seconds) {
        double ratio = FreshProcesses.largest(seconds) / FreshProcesses.median(seconds);
        target("Slowest of " + seconds.size() + " new processes, " + what, "×", ratio, 1.15, 1.1, false);
    }

    void operations(Operations operations) {
        ObjectNode node = root.putObject("operations");
        for (Operation operation : Operation.values()) {
            double seconds = operations.seconds(operation);
            ObjectNode one = node.putObject(operation.name().toLowerCase(Locale.ROOT));
            one.put("milliseconds", seconds * 1e3);
            if (operation.flops > 0 && operation.bytes == 0) {
                one.put("gflops", operation.flops / seconds * 1e-9).put("share", operations.share(operation));
            } else if (operation.bytes > 0) {
                one.put("gigabytes", operation.bytes / seconds * 1e-9).put("share", operations.share(operation));
            }
        }
        target(
                "Matrix products of a layer, 512 rows, of the peak",
                "%",
                100 * operations.share(Operation.LAYER_512),
                78,
                85,
                true);
        decode(operations, Operation.STEP_F16, "F16", 1.8, 1.9);
        decode(operations, Operation.STEP_Q8_0, "Q8_0", 2.2, 3);
        decode(operations, Operation.STEP_Q4_0, "Q4_0", 3, 4.5);
        decode(operations, Operation.STEP_Q4_K, "Q4_K", 3, 4.5);
        decode(operations, Operation.STEP_Q6_K, "Q6_K", 1, 2);
        decode(operations, Operation.STEP_IQ4_NL, "IQ4_NL", 1, 2);
        prefill(operations, Operation.LAYER_512_Q8_0, "Q8_0");
        prefill(operations, Operation.LAYER_512_Q4_0, "Q4_0");
        prefill(operations, Operation.LAYER_512_Q4_K, "Q4_K");
        prefill(operations, Operation.LAYER_512_Q6_K, "Q6_K");
    }

    private void decode(Operations operations, Operation step, String type, double needed, double goal) {
        double ratio = operations.ratio(step, Operation.STEP);
        target("Products of a decoding step, " + type + " against float32", "×", ratio, needed, goal, true);
    }

    private void prefill(Operations operations, Operation layer, String type) {
        double ratio = operations.ratio(layer, Operation.LAYER_512);
        target("Matrix products of a layer, 512 rows, " + type + " against float32", "×", ratio, 0.9, 1, true);
    }

    void memoryAfterLoading(List<Contestant> contestants) {
        ObjectNode node = root.putObject("loading");
        for (Contestant contestant : contestants) {
            node.putObject(contestant.name())
                    .put("seconds", contestant.loadSeconds())
                    .put("megabytes", contestant.megabytes());
        }
        double weights = Workload.bytesPerStep(RandomGpt2.SMALL, Float.BYTES, 0) * 1e-6;
        double most = 1.2 * weights + 250;
        target("Peak memory of loading", "MB", contestants.get(0).megabytes(), most, most, false);
    }

    void contest(Contest contest) {
        double[] peaks = contest.peaks();
        root.putObject("peaks").put("gflops", peaks[0]).put("gigabytes", peaks[1]);
        rates(contest, root.putObject("models"));
        target(
                "Prefill of 512, of the peak",
                "%",
                100 * contest.shareOfPeak(Workload.PREFILL_512, VECTOR),
                65,
                75,
                true);
        target(
                "Decode after 64, of the bandwidth",
                "%",
                100 * contest.shareOfBandwidth(Workload.DECODE_64, VECTOR, 4),
                92,
                95,
                true);
        target(
                "Decode, BF16 against float32",
                "×",
                contest.ratio(Workload.DECODE_64, BFLOAT16, VECTOR),
                1.8,
                1.9,
                true);
        for (Workload workload : Workload.values()) {
            boolean prefill = workload.title().startsWith("prefill");
            double ratio = contest.ratioToFastest(workload, VECTOR, List.of(HUGGING_FACE, TORCH));
            target(workload.title() + ", against PyTorch", "×", ratio, prefill ? 1.1 : 1.4, prefill ? 1.3 : 1.6, true);
        }
    }

    /** A real model: tokens per second, and the ratio to Hugging Face with weights of the same type. */
    void smolLm2(Contest contest) {
        ObjectNode node = root.putObject("smollm2");
        rates(contest, node);
        for (Workload workload : Workload.values()) {
            if (contest.names().contains(HUGGING_FACE)) {
                node.withObject("/" + workload.title())
                        .put("ratio", contest.ratio(workload, VECTOR, HUGGING_FACE))
                        .put("ratio, BF16", contest.ratio(workload, BFLOAT16, HUGGING_FACE_BFLOAT16));
            }
        }
    }

    /**
     * A GGUF file: tokens per second, and the errors of the logits.
     *
     * @param errors a JSON file; null if they were not measured
     */
    void gguf(Path file, Contest contest, Path errors) {
        ObjectNode node = root.putObject("gguf").put("file", Problems.name(file));
        rates(contest, node.putObject("models"));
        if (errors != null) {
            node.set("errors", Json.value(errors.toString(), Utf8.read(errors)));
        }
    }

    /** Requests that are served at the same time: new tokens per second, by their number. */
    void streams(Map<Integer, List<double[]>> rates) {
        ObjectNode node = root.putObject("streams");
        rates.forEach((count, all) ->
                node.putObject("" + count).put("decode", median(all, 0)).put("whole", median(all, 1)));
        double one = median(rates.get(1), 0);
        target("Decode of 16 streams, against one", "×", median(rates.get(16), 0) / one, 4, 5, true);
    }

    /** A request alone, by generate, engine and server; see {@link ServedAlone}. */
    void servedAlone(List<double[]> rounds) {
        ObjectNode node = root.putObject("alone").put("rounds", rounds.size());
        servedAlone(node, rounds, "engine", 1);
        servedAlone(node, rounds, "server", 2);
    }

    private void servedAlone(ObjectNode node, List<double[]> rounds, String way, int index) {
        double time = ServedAlone.ratio(rounds, index);
        double processor = ServedAlone.ratio(rounds, index + 3);
        node.putObject(way).put("time", time).put("processor", processor);
        target("One request by the " + way + ", time against generate", "×", time, 1.03, 1, false);
        target("One request by the " + way + ", processor time", "×", processor, 1.03, 1, false);
    }

    private static double median(List<double[]> rates, int index) {
        return Workload.median(rates.stream().mapToDouble(rate -> rate[index]).toArray());
    }

    private static void rates(Contest contest, ObjectNode node) {
        for (Workload workload : Workload.values()) {
            ObjectNode one = node.putObject(workload.title());
            for (String name : contest.names()) {
                one.put(name, contest.median(workload, name));
            }
        }
    }

    void memory(List<Contestant> contestants) {
        ObjectNode node = root.putObject("memory");
        contestants.forEach(one -> node.put(one.name(), one.megabytes()));
    }

    /** Adds the milliseconds of each step, and the lower bounds from the bytes that it reads and the measured bandwidth. */
    void curve(String name, double[] seconds) {
        ObjectNode node = root.withObject("/curve").putObject(name);
        double bandwidth = root.path("peaks").path("gigabytes").asDouble() * 1e9;
        int bytes = name.equals(BFLOAT16) ? Short.BYTES : Float.BYTES;
        for (int i = 0; i < seconds.length; i++) {
            node.withArray("milliseconds").add(Math.round(seconds[i] * 1e6) / 1e3);
        }
        node.put("leastAtFirst", Workload.bytesPerStep(RandomGpt2.SMALL, bytes, 1) / bandwidth * 1e3);
        node.put("leastAtLast", Workload.bytesPerStep(RandomGpt2.SMALL, bytes, 1000) / bandwidth * 1e3);
    }

    void xl(RandomGpt2 shape, ExtraLarge measured) {
        root.putObject("xl")
                .put("weightsMegabytes", Workload.bytesPerStep(shape, Float.BYTES, 0) * 1e-6)
                .put("loadSeconds", measured.loadSeconds)
                .put("prefill", measured.prefill)
                .put("decode", measured.decode)
                .put("megabytes", measured.megabytes);
    }

    private void target(String what, String unit, double measured, double needed, double goal, boolean moreIsBetter) {
        if (Double.isNaN(measured)) {
            return; // the other engine was not measured
        }
        root.withArray("targets")
                .addObject()
                .put("what", what)
                .put("unit", unit)
                .put("measured", measured)
                .put("needed", needed)
                .put("aim", goal)
                .put("met", moreIsBetter ? measured >= needed : measured <= needed);
    }

    void write(Path folder) {
        try {
            Files.writeString(folder.resolve("report.json"), root.toPrettyString() + "\n");
            Files.writeString(folder.resolve("report.html"), page(root));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        root.path("targets")
                .forEach(t -> System.out.printf(
                        "%-52s %8.2f %s (required %.2f, goal %.2f)%s%n",
                        t.path("what").asText(),
                        t.path("measured").asDouble(),
                        t.path("unit").asText(),
                        t.path("needed").asDouble(),
                        t.path("aim").asDouble(),
                        t.path("met").asBoolean() ? "" : "  <- not met"));
        System.out.println(folder.resolve("report.html"));
    }

    /** The page of a report. */
    static String page(JsonNode report) {
        Map<String, String> parts = Map.of(
                "keywords",
                "",
                "title",
                "benchmarks",
                "description",
                Page.text("bench: speed and memory on "
                        + report.at("/machine/processor").asText()));
        return Page.of(BenchReport.class, "report.html", parts, report.toString());
    }

    /** The processor's name, from the operating system. */
    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
