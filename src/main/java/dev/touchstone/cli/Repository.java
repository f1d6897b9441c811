package dev.touchstone.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the sources from a page that is written among them. */
final class Repository {
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "touchstone");

    private Repository() {}

    /** The way from a file's folder up to the repository's, such as {@code ../}; null if the file is elsewhere. */
    static String above(Path file) {
        StringBuilder way = new StringBuilder();
        for (Path folder = file.toAbsolutePath().normalize().getParent(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(SOURCES))) {
                return way.toString();
            }
            way.append("../");
        }
        return null;
    }
}
