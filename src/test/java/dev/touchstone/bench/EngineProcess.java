package dev.touchstone.bench;

import com.sun.management.ThreadMXBean;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.weights.ReadOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Runs one engine in a separate process. It reads commands, one per line: {@code prefill N}, {@code decode PAST N},
 * {@code streams N}, {@code alone ROUND}, {@code peaks N}, {@code memory}, {@code allocated}; and answers each with a line of numbers.
 * {@code python/bench.py} implements some of these commands for Hugging Face.
 */
final class EngineProcess {
    private EngineProcess() {}

    /**
     * Arguments: {@code vector}, {@code scalar}, {@code torch}, {@code streams} for several requests together, {@code alone}
     * for one by generate, engine and server, or {@code limits} for no engine; the checkpoint, or the TorchScript; threads.
     */
    public static void main(String[] args) throws IOException {
        int threads = Integer.parseInt(args[2]);
        long start = System.nanoTime();
        Streams streams = args[0].equals("streams") ? new Streams(Path.of(args[1]), threads) : null;
        ServedAlone alone = args[0].equals("alone") ? new ServedAlone(Path.of(args[1]), threads) : null;
        boolean none = streams != null || alone != null || args[0].equals("limits");
        Engine engine = none ? null : open(args[0], Path.of(args[1]), threads);
        answer("%.4f", (System.nanoTime() - start) * 1e-9);
        VectorPeak peak = new VectorPeak(threads);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            int n = words.length > 1 ? Integer.parseInt(words[1]) : 0;
            switch (words[0]) {
                case "prefill" -> answer("%.6f", engine.prefill(n));
                case "decode" -> answer("%.6f", engine.decode(n, Integer.parseInt(words[2])));
                case "streams" -> answer("%.3f", streams.tokensPerSecond(n));
                case "alone" -> answer("%.6f", alone.measure(n));
                case "peaks" -> answer("%.2f", peak.gflops(n), peak.gigabytes(n));
                case "memory" -> answer("%.1f", peakMegabytes());
                case "allocated" -> answer("%.3f", allocatedMegabytes());
                default -> throw new IllegalArgumentException(line);
            }
        }
        if (alone != null) {
            alone.close(); // the threads of its server would keep the process alive
        }
    }

    private static Engine open(String kind, Path path, int threads) {
        if (kind.equals("torch")) {
            System.setProperty("ai.djl.pytorch.num_threads", "" + threads);
            return new TorchEngine(path, RandomGpt2.SMALL);
        }
        Kernels kernels = // first: they warm up while the model loads
                kind.equals("scalar") ? KernelChoice.SCALAR.open(1) : KernelChoice.best(threads, System.err::println);
        ReadOptions reading = ReadOptions.DEFAULT.matrices(kernels::expect);
        return new TouchstoneEngine(Checkpoint.load(path, reading).transformer(), kernels);
    }

    private static void answer(String format, double... numbers) {
        System.out.println(Arrays.stream(numbers).mapToObj(format::formatted).collect(Collectors.joining(" ")));
    }

    /** Allocated by the threads that are alive, in 10^6 bytes. */
    private static double allocatedMegabytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return 1e-6
                * Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                        .sum();
    }

    /** Peak resident memory of this process in 10^6 bytes; NaN if the system is not Linux. */
    private static double peakMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024e-6)
                .findFirst()
                .orElse(Double.NaN);
    }
}
