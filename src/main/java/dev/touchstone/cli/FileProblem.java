package dev.touchstone.cli;

import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Why a file could not be read or written, in one line. */
final class FileProblem {
    private FileProblem() {}

    static TouchstoneException reading(Path file, IOException e) {
        return new TouchstoneException(file + why(e, ": no such file", " cannot be read: "), e);
    }

    static TouchstoneException writing(Path file, IOException e) {
        return new TouchstoneException(file + why(e, ": no such folder", " cannot be written: "), e);
    }

    private static String why(IOException e, String missing, String otherwise) {
        if (e instanceof NoSuchFileException) {
            return missing;
        }
        if (e instanceof AccessDeniedException) {
            return ": permission denied";
        }
        return e instanceof CharacterCodingException ? " is not UTF-8; convert it first" : otherwise + e.getMessage();
    }
}
