package dev.touchstone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs all benchmarks and writes {@code report.html} and {@code report.json}. */
@Command(name = "bench", mixinStandardHelpOptions = true)
public final class Benchmarks implements Callable<Integer> {
    static final String VECTOR = "Touchstone";
    static final String BFLOAT16 = "Touchstone, BF16 weights";
    static final String SCALAR = "Touchstone, scalar kernels";
    static final String TORCH = "PyTorch through DJL";
    static final String HUGGING_FACE = "Hugging Face";
    static final String HUGGING_FACE_BFLOAT16 = "Hugging Face, BF16 weights";
    static final String LLAMA_CPP = "llama.cpp";

    /** How often a round measures one request alone: short, and compared by ratios, whose median needs many. */
    private static final int TIMES_ALONE = 14;

    @Option(names = "--rounds", description = "How often each measurement is repeated. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--threads", description = "Threads of every engine. Default: one for each core.")
    private int threads = Operation.threads();

    @Option(names = "--python", description = "A Python with torch and transformers, for Hugging Face and TorchScript.")
    private Path python;

    @Option(names = "--launcher", description = "The command touchstone.")
    private Path launcher = Path.of("touchstone");

    @Option(names = "--out", description = "The folder for models and reports. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("target", "bench");

    @Option(names = "--xl", description = "Also load and run the shape of GPT-2 XL: 6.2 GB on disk and in memory.")
    private boolean xl;

    @Option(
            names = "--smollm2",
            description = "Also run SmolLM2-135M-Instruct, from the folders that real_model.py wrote here.")
    private Path smolLm2;

    @Option(names = "--gguf", description = "Also run a GGUF file, and llama.cpp on the same file.")
    private Path gguf;

    @Option(names = "--errors", description = "The errors for that file, as python/llama_cpp.py errors prints them.")
    private Path errors;

    @Option(
            names = "--streams",
            description = "Measure only the server: several requests at the same time, and one alone.")
    private boolean streamsOnly;

    @Option(
            names = "--fresh",
            paramLabel = "N",
            description = "Measure only N new processes of each kind, to find the slowest.")
    private int freshOnly;

    @Option(names = "--quick", description = "Leave out the operations and the scalar kernels.")
    private boolean quick;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).execute(args));
    }

    @Override
    public Integer call() {
        Path model = RandomGpt2.SMALL.in(out);
        BenchReport report = new BenchReport(threads);
        if (freshOnly > 0) {
            fresh(report, model, freshOnly);
        } else {
            all(report, model);
        }
        report.write(out);
        return 0;
    }

    private void all(BenchReport report, Path model) {
        if (!streamsOnly) {
            models(report, model);
        }
        try (Contestant process = new Contestant("streams", java("streams", model))) {
            report.streams(Streams.measure(process, rounds));
        }
        try (Contestant process = new Contestant("alone", java("alone", model))) {
            report.servedAlone(ServedAlone.measure(process, TIMES_ALONE * rounds));
        }
    }

    /** One request at a time, compared with other engines. */
    private void models(BenchReport report, Path model) {
        Path bfloat16 = RandomGpt2.SMALL_BF16.in(out);
        report.firstToken(firstTokens(model));
        fresh(report, model, rounds);
        if (!quick) {
            Operations operations = new Operations();
            operations.run(3);
            report.operations(operations);
        }
        List<Contestant> contestants = new ArrayList<>();
        try (Contestant limits = new Contestant("limits", java("limits", model))) {
            contestants.add(new Contestant(VECTOR, java("vector", model)));
            contestants.add(new Contestant(BFLOAT16, java("vector", bfloat16)));
            if (!quick) {
                contestants.add(new Contestant(SCALAR, java("scalar", model)));
            }
            if (python != null) {
                contestants.add(new Contestant(TORCH, java("torch", torchScript(model))));
                contestants.add(new Contestant(HUGGING_FACE, python("serve", model, "" + threads)));
            }
            report.memoryAfterLoading(contestants);
            Contest contest = new Contest(contestants, limits);
            contest.run(rounds);
            report.contest(contest);
            report.memory(contestants);
            report.curve(VECTOR, curve(contestants.get(0)));
            report.curve(BFLOAT16, curve(contestants.get(1)));
        } finally {
            contestants.forEach(Contestant::close);
        }
        if (smolLm2 != null) {
            report.smolLm2(smolLm2());
        }
        if (gguf != null) {
            report.gguf(gguf, ggufContest(), errors);
        }
        if (xl) {
            report.xl(RandomGpt2.XL, extraLarge());
        }
    }

    private void fresh(BenchReport report, Path model, int processes) {
        Path bfloat16 = RandomGpt2.SMALL_BF16.in(out);
        report.fresh(VECTOR, FreshProcesses.run(VECTOR, java("vector", model), processes));
        report.fresh(BFLOAT16, FreshProcesses.run(BFLOAT16, java("vector", bfloat16), processes));
    }

    /** A real model with float32 and bfloat16 weights, each compared with Hugging Face. */
    private Contest smolLm2() {
        Path model = smolLm2.resolve("SmolLM2-135M-Instruct");
        Path bfloat16 = Path.of(smolLm2 + "-bf16", "SmolLM2-135M-Instruct");
        List<Contestant> contestants = new ArrayList<>();
        try (Contestant limits = new Contestant("limits", java("limits", model))) {
            contestants.add(new Contestant(VECTOR, java("vector", model)));
            contestants.add(new Contestant(BFLOAT16, java("vector", bfloat16)));
            if (python != null) {
                contestants.add(new Contestant(HUGGING_FACE, python("serve", model, "" + threads)));
                contestants.add(new Contestant(HUGGING_FACE_BFLOAT16, python("serve", bfloat16, "" + threads)));
            }
            Contest contest = new Contest(contestants, limits);
            contest.run(rounds);
            return contest;
        } finally {
            contestants.forEach(Contestant::close);
        }
    }

    /** The same file in Touchstone and in llama.cpp. */
    private Contest ggufContest() {
        List<Contestant> contestants = new ArrayList<>();
        try (Contestant limits = new Contestant("limits", java("limits", gguf))) {
            contestants.add(new Contestant(VECTOR, java("vector", gguf)));
            if (python != null) {
                contestants.add(new Contestant(
                        LLAMA_CPP,
                        List.of(python.toString(), "python/llama_cpp.py", "serve", gguf.toString(), "" + threads)));
            }
            Contest contest = new Contest(contestants, limits);
            contest.run(rounds);
            return contest;
        } finally {
            contestants.forEach(Contestant::close);
        }
    }

    /** Seconds of each decoding step up to the end of the context window: the minimum of three runs. */
    private static double[] curve(Contestant contestant) {
        double[] least = contestant.decode(1, 1000);
        for (int i = 0; i < 2; i++) {
            double[] again = contestant.decode(1, 1000);
            Arrays.setAll(least, step -> Math.min(least[step], again[step]));
        }
        return least;
    }

    /** Seconds from the start of a process to the first token after 64, with the model in the page cache. */
    private Map<String, double[]> firstTokens(Path model) {
        String prompt = Prompt.text(64);
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put(
                VECTOR,
                List.of(
                        launcher.toAbsolutePath().toString(),
                        "generate",
                        "--model",
                        model.toString(),
                        "--prompt",
                        prompt,
                        "-n",
                        "1",
                        "--quiet"));
        if (python != null) {
            commands.put(HUGGING_FACE, python("first-token", model, "" + threads, prompt));
        }
        Map<String, double[]> seconds = new LinkedHashMap<>();
        commands.keySet().forEach(name -> seconds.put(name, new double[rounds]));
        for (int round = -1; round < rounds; round++) { // the first, not counted, reads the file into the page cache
            for (String name : commands.keySet()) {
                double taken = seconds(commands.get(name));
                if (round >= 0) {
                    seconds.get(name)[round] = taken;
                    System.err.printf("first token, %s: %.2f s%n", name, taken);
                }
            }
        }
        return seconds;
    }

    private static double seconds(List<String> command) {
        long start = System.nanoTime();
        run(command);
        return (System.nanoTime() - start) * 1e-9;
    }

    private static void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command.get(0) + " ended with " + process.exitValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path torchScript(Path model) {
        Path file = out.resolve("gpt2-124m.pt");
        if (!Files.exists(file)) {
            run(python("export", model, file.toString()));
        }
        return file;
    }

    private BenchReport.ExtraLarge extraLarge() {
        Path model = RandomGpt2.XL.in(out);
        try (Contestant one = new Contestant("GPT-2 XL", java("vector", model))) {
            double prefill = 64 / one.prefill(64);
            double decode = 1 / Workload.median(one.decode(64, 8));
            return new BenchReport.ExtraLarge(one.loadSeconds(), prefill, decode, one.megabytes());
        }
    }

    private List<String> java(String kind, Path model) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-Xlog:disable",
                "-XX:+UseG1GC",
                "-XX:MaxNewSize=64m",
                "-XX:GCTimeRatio=2",
                "-XX:InitiatingHeapOccupancyPercent=80",
                "-XX:-G1UseAdaptiveIHOP",
                "-XX:Tier3DelayOn=50",
                "-XX:MaxRAMPercentage=50"));
        for (String property : List.of("ai.djl.offline", "DJL_CACHE_DIR", "OPT_OUT_TRACKING")) {
            if (System.getProperty(property) != null) {
                command.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                EngineProcess.class.getName(),
                kind,
                model.toString(),
                "" + threads));
        return command;
    }

    private List<String> python(String command, Path model, String... more) {
        List<String> words = new ArrayList<>(List.of(python.toString(), "python/bench.py", command, model.toString()));
        words.addAll(List.of(more));
        return words;
    }
}
