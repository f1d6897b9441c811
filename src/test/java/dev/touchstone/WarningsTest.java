package dev.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classes that the build compiles without warnings, because of the one about the incubator module. */
class WarningsTest {
    private static final Path SOURCES = Path.of(System.getProperty("touchstone.basedir", "."), "src");

    @TempDir
    private Path folder;

    @Test
    void theVectorClassesHaveNoOtherWarning() throws IOException {
        assertThat(warnings(sources("main/java/dev/touchstone/kernels", "Vector"), "-Xdoclint:all,-missing"))
                .containsExactly("compiler.warn.incubating.modules");
    }

    @Test
    void theBenchmarksHaveNoOtherWarning() throws IOException {
        assertThat(warnings(sources("test/java/dev/touchstone/bench", ""), "-Xdoclint:none"))
                .containsExactly("compiler.warn.incubating.modules");
    }

    private static List<Path> sources(String directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(SOURCES.resolve(directory))) {
            return files.filter(file -> file.getFileName().toString().matches(prefix + ".*\\.java"))
                    .toList();
        }
    }

    private List<String> warnings(List<Path> sources, String doclint) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of(
                "-Xlint:all,-options,-processing",
                doclint,
                "-proc:none",
                "--add-modules",
                "jdk.incubator.vector",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString());
        try (StandardJavaFileManager files = javac.getStandardFileManager(found, null, null)) {
            assertThat(javac.getTask(null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
                            .call())
                    .isTrue();
        }
        return found.getDiagnostics().stream().map(Diagnostic::getCode).toList();
    }
}
