package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** Runs the program in this process, with a terminal or pipes as its streams. */
record Cli(int exit, String out, String err) {
    static Cli run(String... args) {
        return withBytes(new byte[0], args);
    }

    static Cli withInput(String input, String... args) {
        return withBytes(input.getBytes(UTF_8), args);
    }

    static Cli withBytes(byte[] input, String... args) {
        return run(input, false, args);
    }

    static Cli withInputOnTerminal(String input, String... args) {
        return run(input.getBytes(UTF_8), true, args);
    }

    static Cli onTerminal(String... args) {
        return run(new byte[0], true, args);
    }

    /** Returns the exit code only, for tests with their own streams. */
    static Cli writingTo(OutputStream out, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(new Streams(new ByteArrayInputStream(new byte[0]), out, err, false, false, false), args);
        return new Cli(exit, "", err.toString(UTF_8));
    }

    private static Cli run(byte[] input, boolean terminal, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(new Streams(new ByteArrayInputStream(input), out, err, false, terminal, terminal), args);
        return new Cli(exit, out.toString(UTF_8), err.toString(UTF_8));
    }
}
