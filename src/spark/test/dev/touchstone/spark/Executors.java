package dev.touchstone.spark;

/** Kills the process of an executor, which is a child of the driver in a local cluster. */
final class Executors {
    private Executors() {}

    /** Kills an executor as soon as two tasks run and each executor has ended one. */
    static Thread killOne(Tasks tasks) {
        Thread thread = new Thread(() -> kill(tasks));
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void kill(Tasks tasks) {
        try {
            tasks.awaitTwoRunning();
            Thread.sleep(50); // the tasks generate
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .findFirst()
                .orElseThrow()
                .destroyForcibly();
    }
}
