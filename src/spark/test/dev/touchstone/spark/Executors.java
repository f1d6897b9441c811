package dev.touchstone.spark;

import java.io.IOException;
import java.util.List;

/** The processes of executors, which are descendants of the driver in a local cluster. */
final class Executors {
    /** How long an executor that was frozen computes beside the second attempt of its task. */
    private static final long GENERATING_MS = 50;

    private Executors() {}

    /** Kills an executor as soon as two tasks run and each executor has ended one. */
    static Thread killOne(Tasks tasks) {
        return start(() -> {
            tasks.awaitTwoRunning();
            Thread.sleep(GENERATING_MS);
            all().get(0).destroyForcibly();
        });
    }

    /** Freezes an executor in the middle of a task, until another executor has begun with the same task. */
    static Thread freezeOne(Tasks tasks) {
        return start(() -> {
            tasks.awaitTwoRunning();
            Thread.sleep(GENERATING_MS);
            ProcessHandle frozen = all().get(0);
            signal(frozen, "STOP");
            try {
                tasks.awaitSecondAttempt();
            } finally {
                signal(frozen, "CONT");
            }
        });
    }

    /** Those that run now. */
    static List<ProcessHandle> all() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .toList();
    }

    /** Gives each executor one processor, for all of its threads, with those of the compiler. Needs taskset of Linux. */
    static void pin() throws IOException, InterruptedException {
        int processor = 0;
        for (ProcessHandle executor : all()) {
            run("taskset", "--all-tasks", "--cpu-list", "--pid", "" + processor++, "" + executor.pid());
        }
    }

    private static void signal(ProcessHandle process, String name) throws IOException, InterruptedException {
        run("kill", "-" + name, "" + process.pid());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private static Thread start(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
