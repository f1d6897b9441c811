package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the command serve in this process, on a free port. */
final class Serving {
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(60);

    private Serving() {}

    /** Starts the server, and stops it as soon as it serves. */
    static Cli once(String... args) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams streams = new Streams(new ByteArrayInputStream(new byte[0]), out, err, false, false, false);
        AtomicInteger exit = new AtomicInteger(-1);
        Thread server = new Thread(() -> exit.set(Main.run(streams, onFreePort(args))));
        server.start();
        long end = System.nanoTime() + LONGEST;
        while (server.isAlive() && !err.toString(UTF_8).contains("serving ") && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        server.interrupt();
        server.join(TimeUnit.NANOSECONDS.toMillis(LONGEST));
        assertThat(server.isAlive()).as("the server stops").isFalse();
        return new Cli(exit.get(), out.toString(UTF_8), err.toString(UTF_8));
    }

    private static String[] onFreePort(String... args) {
        String[] free = args.clone();
        for (int i = 1; i < free.length; i++) {
            if (free[i - 1].equals("--port")) {
                free[i] = "0";
                return free;
            }
        }
        free = Arrays.copyOf(args, args.length + 2);
        free[args.length] = "--port";
        free[args.length + 1] = "0";
        return free;
    }
}
