package dev.touchstone.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** An engine in another process. Its own time counts, not that of the pipe between us. */
final class Contestant implements Engine, AutoCloseable {
    private final String name;
    private final Process process;
    private final PrintWriter orders;
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
        orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        loadSeconds = answer()[0];
    }

    String name() {
        return name;
    }

    /** What it took to load the model, in a process that had done nothing yet. */
    double loadSeconds() {
        return loadSeconds;
    }

    @Override
    public double prefill(int tokens) {
        return ask("prefill " + tokens)[0];
    }

    @Override
    public double[] decode(int past, int steps) {
        return ask("decode " + past + " " + steps);
    }

    /** GFLOP/s and GB/s, the best of so many samples. */
    double[] peaks(int samples) {
        return ask("peaks " + samples);
    }

    /** The most memory it ever had, in 10^6 bytes. */
    double megabytes() {
        return ask("memory")[0];
    }

    /** All that its threads have taken so far, whether it was given back or not, in 10^6 bytes. */
    double allocatedMegabytes() {
        return ask("allocated")[0];
    }

    private double[] ask(String order) {
        orders.println(order);
        return answer();
    }

    private double[] answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " ended: what it printed is above");
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
        orders.close(); // it reads the end of its orders and goes
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
