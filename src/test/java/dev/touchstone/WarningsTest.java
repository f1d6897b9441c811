package dev.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.RunsBesideOthers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles sources whose warnings the build disables because of the warning about the incubator module. */
@RunsBesideOthers
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

    /** Types in the signatures of exported packages are exported too, or required transitively. */
    @Test
    void theModuleExportsTheTypesOfItsInterface() throws IOException {
        String modules = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(file -> file.matches(
                        ".*[/\\\\](jackson|picocli|progressbar|jline|netty|prometheus|vertx)[^/\\\\]*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
        List<Diagnostic<? extends JavaFileObject>> found = compile(
                Stream.concat(sources("main/java", ""), sources("main/module", "")),
                List.of("-Xlint:exports,module,opens", "--module-path", modules));

        assertThat(found.stream()
                        .map(warning -> warning.getCode() + " " + warning.getSource())
                        .filter(warning -> !warning.startsWith("compiler.warn.incubating.modules"))
                        .filter(warning -> !warning.startsWith("compiler.warn.leaks.not.accessible ")))
                .isEmpty();
    }

    private static Stream<Path> sources(String directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES.resolve(directory))) {
            return files.filter(file -> file.getFileName().toString().matches(prefix + ".*\\.java")).toList().stream();
        }
    }

    private List<String> warnings(Stream<Path> sources, String doclint) throws IOException {
        List<String> options = List.of(
                "-Xlint:all,-options,-processing",
                doclint,
                "--add-modules",
                "jdk.incubator.vector",
                "-classpath",
                System.getProperty("java.class.path"));
        return compile(sources, options).stream().map(Diagnostic::getCode).toList();
    }

    private List<Diagnostic<? extends JavaFileObject>> compile(Stream<Path> sources, List<String> options)
            throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-proc:none", "-Xmaxwarns", "1000", "-d", folder.toString()));
        try (StandardJavaFileManager files = javac.getStandardFileManager(found, null, null)) {
            boolean compiled = javac.getTask(
                            null, files, found, all, null, files.getJavaFileObjectsFromPaths(sources.toList()))
                    .call();
            assertThat(compiled).as(found.getDiagnostics().toString()).isTrue();
        }
        return found.getDiagnostics();
    }
}
