package dev.touchstone.explain;

/** Where the source of a class stands in the repository. */
public final class SourceFile {
    private static final String ROOT = "src/main/java/";

    private SourceFile() {}

    /** Such as {@code src/main/java/dev/touchstone/model/Mlp.java}. */
    public static String path(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        return ROOT + outermost.getName().replace('.', '/') + ".java";
    }
}
