package dev.touchstone.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line as a process of its own. */
final class MainProcess {
    private MainProcess() {}

    /** The words that run it with the classes of the tests. */
    static List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.touchstone.cli.Main"));
        command.addAll(List.of(args));
        return command;
    }
}
