package dev.touchstone.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** An engine in another process. It measures the times itself, without the pipe. */
final class Contestant implements Engine, AutoCloseable {
    private final String name;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;
    private final double loadSeconds;

    Contestant(String name, List<String> command) {
        this.name = name;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        loadSeconds = answer()[0];
    }

    String name() {
        return name;
    }

    /** Seconds to load the model in a new process. */
    double loadSeconds() {
        return loadSeconds;
    }

    @Override
    public double prefill(int tokens) {
        return request("prefill " + tokens)[0];
    }

    @Override
    public double[] decode(int past, int steps) {
        return request("decode " + past + " " + steps);
    }

    /** See {@link Streams#tokensPerSecond}. */
    double[] streams(int count) {
        return request("streams " + count);
    }

    /** See {@link ServedAlone#measure(int)}. */
    double[] servedAlone(int round) {
        return request("alone " + round);
    }

    /** GFLOP/s and GB/s, each the maximum of {@code samples}. */
    double[] peaks(int samples) {
        return request("peaks " + samples);
    }

    /** Peak resident memory, in 10^6 bytes. */
    double megabytes() {
        return request("memory")[0];
    }

    /** The memory that its live threads have allocated so far, in 10^6 bytes. */
    double allocatedMegabytes() {
        return request("allocated")[0];
    }

    private double[] request(String command) {
        commands.println(command);
        return answer();
    }

    private double[] answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " ended; its output is above");
            }
            return Stream.of(line.trim().split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        commands.close(); // the process ends at the end of its input
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
