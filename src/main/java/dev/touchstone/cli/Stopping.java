package dev.touchstone.cli;

import dev.touchstone.server.Server;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.utils.Signals;

/** Runs a server until a signal stops it. */
final class Stopping {
    private static final int INTERRUPTED = 130;

    private Stopping() {}

    /**
     * Waits for SIGTERM, for SIGINT, which Ctrl-C sends, or for the interruption of this thread, and drains the server. A second
     * signal ends the grace period.
     *
     * @return the exit code
     */
    static int await(Server server, Duration grace, Console console) {
        Thread waiting = Thread.currentThread();
        CountDownLatch stop = new CountDownLatch(1);
        AtomicReference<String> received = new AtomicReference<>("TERM");
        Map<String, Object> before = new HashMap<>();
        for (String signal : List.of("TERM", "INT")) {
            before.put(signal, Signals.register(signal, () -> {
                if (stop.getCount() == 0) {
                    waiting.interrupt();
                }
                received.set(signal);
                stop.countDown();
            }));
        }
        try {
            stop.await();
            console.note("stopping, after the answers in progress, for at most " + grace.toSeconds()
                    + " s; another Ctrl-C stops at once");
            server.drain(grace);
        } catch (InterruptedException e) {
            // Closing the server, which follows, ends the answers in progress.
        } finally {
            before.forEach(Signals::unregister);
        }
        return received.get().equals("INT") ? INTERRUPTED : 0;
    }
}
