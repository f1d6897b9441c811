package dev.touchstone.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The corpus, with one file per input in a folder per target, and the folders for new inputs. */
final class Corpus {
    private static final Path BASE = Path.of(System.getProperty("touchstone.basedir", "."));
    static final Path KEPT = BASE.resolve("src/test/resources/fuzz");
    /** Inputs that failed. */
    static final Path FOUND = BASE.resolve("target/fuzz");
    /** Inputs that did not fail, but gave a new outcome. */
    static final Path NEW = BASE.resolve("target/fuzz-new");

    private Corpus() {}

    /** The files of a target, sorted; at least one. */
    static List<Path> of(Target target) {
        try (Stream<Path> files = Files.list(KEPT.resolve(target.name()))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes an input to a file below {@code folder} that is named after its hash. */
    static Path write(Path folder, Target target, byte[] input) {
        try {
            Path file = Files.createDirectories(folder.resolve(target.name())).resolve(name(input));
            return Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(byte[] input) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(input);
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
