package dev.touchstone.fuzz;

import com.sun.management.ThreadMXBean;
import dev.touchstone.util.TouchstoneException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Runs a target on one input in a separate thread, with limits of time and memory. */
final class Guard implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int LONGEST_MESSAGE = 1200;
    private static final int FRAMES = 4;
    private static final Set<Integer> UNCLEAR =
            Set.of((int) Character.CONTROL, (int) Character.LINE_SEPARATOR, (int) Character.PARAGRAPH_SEPARATOR);

    private final Duration limit;
    private volatile Thread thread;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
        thread = new Thread(work, "fuzz");
        thread.setDaemon(true);
        return thread;
    });

    Guard(Duration limit) {
        this.limit = limit;
    }

    /**
     * The outcome of one input.
     *
     * @param result a short description, which is the same for equal outcomes
     * @param failure the violation; null if there is none
     */
    record Outcome(String result, Throwable failure) {
        boolean failed() {
            return failure != null;
        }
    }

    /** A violation becomes the outcome's failure. After a hang no further input can be run. */
    Outcome read(Target target, byte[] input) {
        Future<Outcome> reading = executor.submit(() -> measured(target, input));
        try {
            return reading.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            AssertionError hang = new AssertionError("still reading after " + limit.toSeconds() + " s, see where");
            hang.setStackTrace(thread.getStackTrace());
            return new Outcome("hang", hang);
        } catch (ExecutionException e) {
            return new Outcome("error" + place(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome("interrupted", e);
        }
    }

    private static Outcome measured(Target target, byte[] input) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Outcome outcome = outcome(target, input);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (outcome.failure == null && allocated > target.memory(input)) {
            return new Outcome(
                    "memory",
                    new AssertionError(allocated + " bytes allocated for " + input.length + " bytes of input, expected"
                            + " at most " + target.memory(input)));
        }
        return outcome;
    }

    private static Outcome outcome(Target target, byte[] input) {
        try {
            return new Outcome(target.reader().read(input), null);
        } catch (TouchstoneException e) {
            return refusal(e);
        } catch (Throwable e) { // also StackOverflowError and OutOfMemoryError
            return new Outcome(e.getClass().getSimpleName() + place(e), e);
        }
    }

    /** Whether a message is one short line without control characters. */
    private static Outcome refusal(TouchstoneException e) {
        String message = e.getMessage();
        boolean clear = !message.isBlank()
                && message.length() <= LONGEST_MESSAGE
                && message.codePoints().map(Character::getType).noneMatch(UNCLEAR::contains);
        return clear
                ? new Outcome("refused" + place(e), null)
                : new Outcome("unclear", new AssertionError("not one clear line: " + message));
    }

    /** The frames of this project in the stack trace. */
    private static String place(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("dev.touchstone"))
                .limit(FRAMES)
                .map(frame -> " at " + frame)
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
