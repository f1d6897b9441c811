package dev.touchstone.explain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The source files of classes. The build copies those that an explanation names into the jar. */
public final class SourceFile {
    private static final String ROOT = "src/main/java/";
    private static final String COPIES = "/META-INF/sources/";

    private SourceFile() {}

    /** The path in the repository, such as {@code src/main/java/dev/touchstone/model/Mlp.java}. */
    public static String path(Class<?> type) {
        return ROOT + name(type);
    }

    /** The text; empty if the jar has no copy of the file. */
    public static Optional<String> text(Class<?> type) {
        try (InputStream copy = SourceFile.class.getResourceAsStream(COPIES + name(type))) {
            return copy == null
                    ? Optional.empty()
                    : Optional.of(new String(copy.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        return outermost.getName().replace('.', '/') + ".java";
    }
}
