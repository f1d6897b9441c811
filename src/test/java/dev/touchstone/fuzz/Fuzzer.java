package dev.touchstone.fuzz;

import dev.touchstone.fuzz.Guard.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Generates inputs until its time is over. The seed determines the inputs, the time their number. A failing input is minimized and
 * written to a file, so it can be run again without the seed.
 */
final class Fuzzer {
    private static final int LARGEST_POOL = 2000;
    private static final int SHRINKS = 300;

    private final Target target;
    private final Path found;
    private final Duration limit;
    private final Set<String> results = new HashSet<>();
    private final List<byte[]> pool = new ArrayList<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private long inputs;

    /**
     * @param found the folder for inputs that fail
     * @param limit the maximum time to read one input
     */
    Fuzzer(Target target, Path found, Duration limit) {
        this.target = target;
        this.found = found;
        this.limit = limit;
    }

    /** @param reasons the number of distinct outcomes, refusals and acceptances */
    record Result(long inputs, int reasons, List<String> failures) {}

    /**
     * @param known inputs to start with, in addition to the seeds
     * @param timeLeft called before each input; false ends the run
     */
    Result run(List<byte[]> known, long seed, BooleanSupplier timeLeft) {
        SplittableRandom random = new SplittableRandom(seed);
        pool.addAll(target.seeds());
        pool.addAll(known);
        try (Guard guard = new Guard(limit)) {
            boolean running = true;
            for (byte[] input : List.copyOf(pool)) {
                running &= running && read(guard, input);
            }
            while (running && timeLeft.getAsBoolean()) {
                byte[] input = pool.get(random.nextInt(pool.size()));
                for (int changes = random.nextInt(3); changes >= 0; changes--) {
                    input = target.mutation().apply(input, pool.get(random.nextInt(pool.size())), random);
                }
                running = read(guard, input);
            }
        }
        return new Result(inputs, results.size(), List.copyOf(failures.values()));
    }

    /** Inputs that gave a new outcome, minimized. */
    List<byte[]> interesting() {
        try (Guard guard = new Guard(limit)) {
            return pool.stream()
                    .map(input -> shrunk(guard, input, guard.read(target, input)))
                    .toList();
        }
    }

    /** Returns false if the reader hangs, after which no further input can be read. */
    private boolean read(Guard guard, byte[] input) {
        Outcome outcome = guard.read(target, input);
        inputs++;
        boolean hangs = outcome.result().equals("hang");
        if (outcome.failed() && !failures.containsKey(outcome.result())) {
            byte[] small = hangs ? input : shrunk(guard, input, outcome);
            Path file = Corpus.write(found, target, small);
            failures.put(outcome.result(), describe(outcome, file));
        }
        if (results.add(outcome.result()) && !outcome.failed() && pool.size() < LARGEST_POOL) {
            pool.add(input);
        }
        return !hangs;
    }

    /** Removes parts of the input as long as the outcome stays the same. */
    private byte[] shrunk(Guard guard, byte[] input, Outcome same) {
        byte[] small = input;
        int tries = 0;
        for (int size = (input.length + 1) / 2; size > 0; size /= 2) {
            for (int at = 0; at < small.length && tries < SHRINKS; tries++) {
                byte[] smaller = Bytes.replaced(small, at, Math.min(small.length, at + size), new byte[0]);
                Outcome outcome = guard.read(target, smaller);
                if (outcome.result().equals(same.result())) {
                    small = smaller;
                } else {
                    at += size;
                }
                if (outcome.result().equals("hang")) {
                    return small;
                }
            }
        }
        return small;
    }

    private String describe(Outcome outcome, Path file) {
        return target.name() + ": " + outcome.failure() + ", " + outcome.result() + System.lineSeparator()
                + "  the input is "
                + file + "; when it is mended, copy it to " + Corpus.KEPT.resolve(target.name())
                + " under a name that says what it is, and every run reads it again";
    }
}
