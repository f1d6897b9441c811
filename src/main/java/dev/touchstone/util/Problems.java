package dev.touchstone.util;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Exceptions for files that cannot be used, with the reason in one line. */
public final class Problems {
    private static final int LONGEST_NAME = 120;

    private Problems() {}

    /** An exception for a file that cannot be read. */
    public static TouchstoneException unreadable(String file, IOException why) {
        if (why instanceof NoSuchFileException) {
            return new TouchstoneException(file + ": no such file", why);
        }
        if (why instanceof AccessDeniedException) {
            return new TouchstoneException(file + ": permission denied; make it readable for this user", why);
        }
        if (why instanceof CharacterCodingException) {
            return new TouchstoneException(file + " is not UTF-8; convert it first", why);
        }
        return new TouchstoneException(file + " cannot be read: " + printable(why.getMessage()), why);
    }

    /** An exception for a file that cannot be written. */
    public static TouchstoneException unwritable(Path file, IOException why) {
        return new TouchstoneException(file + " cannot be written: " + obstacle(file, why), why);
    }

    private static String obstacle(Path file, IOException why) {
        if (why instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (why instanceof NoSuchFileException) {
            Path folder = file.toAbsolutePath().getParent();
            return Files.isDirectory(folder)
                    ? "no files can be created in " + folder // as in /proc
                    : "there is no folder " + folder;
        }
        return printable(why instanceof FileSystemException system ? system.getReason() : why.getMessage());
    }

    /** The reason that the JSON parser gave, and the place: line and column of {@code text}, or the column if it is one line. */
    public static TouchstoneException malformed(String what, String text, JsonProcessingException why) {
        JsonLocation place = why.getLocation();
        String line = place == null || text.indexOf('\n') < 0 ? "" : "line " + place.getLineNr() + ", ";
        String where = place == null ? "" : " at " + line + "column " + place.getColumnNr();
        return new TouchstoneException(
                what + " is not valid JSON" + where + ": " + printable(reason(why.getOriginalMessage())), why);
    }

    /** The parser's reason without the names of its classes and settings, such as "for `ObjectNode`: not allowed when ...". */
    private static String reason(String message) {
        return message == null ? null : message.replaceFirst("(?s) (for|\\(bound as) `.*", "");
    }

    /** The name of a file in messages: its last part. */
    public static String name(Path file) {
        return file.getFileName() == null ? file.toString() : file.getFileName().toString();
    }

    /**
     * The stack trace of an exception, fit for a terminal: the messages of causes may repeat what the user typed, such as the control
     * characters of a file's name.
     */
    public static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString().replaceAll("[\\p{Cntrl}&&[^\\r\\n\\t]]", " ");
    }

    /** Text from a file, fit for a terminal: one line, no control characters, not endless. */
    public static String printable(String text) {
        if (text == null) {
            return "unknown reason";
        }
        String clean = text.replaceAll("\\p{Cntrl}+", " ");
        return clean.length() <= LONGEST_NAME ? clean : clean.substring(0, LONGEST_NAME) + "...";
    }
}
