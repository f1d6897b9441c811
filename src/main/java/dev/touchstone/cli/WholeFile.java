package dev.touchstone.cli;

import dev.touchstone.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a text file beside its place and then moves it there, so that it appears whole or not at all. */
final class WholeFile {
    private WholeFile() {}

    static void write(Path file, String content) {
        refuseFolder(file);
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(beside, content);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }

    /** A move takes the place of an empty folder without a word. */
    static void refuseFolder(Path file) {
        if (Files.isDirectory(file)) {
            throw new TouchstoneException(file + " is a folder; give the name of a file to write");
        }
    }
}
