package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a folder of its own, where Maven and Java are scripts that tell what was asked of them. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher for Windows is another file")
class LauncherTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("touchstone.basedir", "."), "touchstone");

    @TempDir
    private Path folder;

    private Path home;
    private Path jar;
    private Path path;

    private record Run(int exit, String out, String err) {}

    @BeforeEach
    void writeProject() throws IOException {
        home = Files.createDirectories(folder.resolve("a project"));
        jar = home.resolve("target/touchstone.jar");
        path = Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(home.resolve("src/main/java"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(home.resolve("src/main/java/A.java"), "class A {}");
        Files.copy(LAUNCHER, home.resolve("touchstone"));
        script(
                "java",
                "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; else printf '<%s>' \"$@\"; fi");
        script("mvn", "echo mvn \"$@\" >&2; mkdir -p '" + jar.getParent() + "'; : >'" + jar + "'");
    }

    @Test
    void buildsOnFirstUseAndSaysSo() throws Exception {
        Run run = launch(home.resolve("touchstone"), "generate", "--prompt", "a  b");

        assertThat(run.exit).isZero();
        assertThat(run.err)
                .startsWith("touchstone: building, once")
                .contains("mvn --quiet", "shade:shade@runnable-jar");
        assertThat(run.out).endsWith("<-jar><" + jar.toRealPath() + "><generate><--prompt><a  b>");
        assertThat(run.out).contains("<--add-modules><jdk.incubator.vector>", "terminal.out=false>");
    }

    @Test
    void buildsNoSecondTime() throws Exception {
        launch(home.resolve("touchstone"));

        assertThat(launch(home.resolve("touchstone")).err).isEmpty();
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        launch(home.resolve("touchstone"));
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - 60_000));

        assertThat(launch(home.resolve("touchstone")).err).contains("building");
    }

    @Test
    void worksThroughSymbolicLinks() throws Exception {
        Path first = Files.createSymbolicLink(path.resolve("ts"), home.resolve("touchstone"));
        Path second = Files.createSymbolicLink(path.resolve("tt"), Path.of("ts"));

        Run run = launch(second, "x");

        assertThat(first).isSymbolicLink();
        assertThat(run.out).endsWith("<-jar><" + jar.toRealPath() + "><x>");
    }

    @Test
    void keepsJavasClassesAndUsesThem() throws Exception {
        Path classes = jar.resolveSibling("touchstone.jsa");
        script(
                "java",
                "case \"$*\" in *ArchiveClassesAtExit*) echo made >'" + classes
                        + ".new';; *) printf '<%s>' \"$@\";; esac");
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");

        Run run = launch(home.resolve("touchstone"), "x");

        assertThat(Files.readString(classes)).isEqualTo("made\n");
        assertThat(run.out)
                .contains("<-XX:SharedArchiveFile=" + classes.toRealPath() + ">")
                .endsWith("<x>");
        assertThat(launch(home.resolve("touchstone"), "x").err).isEmpty();
    }

    @Test
    void aBuildThatFailsLeavesNoJar() throws Exception {
        script("mvn", "mkdir -p '" + jar.getParent() + "'; echo half >'" + jar + "'; echo why it failed; exit 1");

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err).contains("why it failed", "touchstone: the build failed");
        assertThat(jar).doesNotExist();
    }

    /** Maven is in the midst of the jar when someone has had enough. */
    @Test
    void aBuildThatIsInterruptedLeavesNoJar() throws Exception {
        script("mvn", "mkdir -p '" + jar.getParent() + "'; echo half >'" + jar + "'; kill -TERM $PPID");

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(130);
        assertThat(jar).doesNotExist();
    }

    @Test
    void withoutJavaItSaysWhatToInstall() throws Exception {
        Files.delete(path.resolve("java"));

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).startsWith("touchstone: no java found; install a JDK, 17 or later");
        assertThat(run.err.lines()).hasSize(1);
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        script("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("is too old: version 11;", "17 or later, is needed");
    }

    @Test
    void javaHomeGoesBeforeThePath() throws Exception {
        Run run = launch(Map.of("JAVA_HOME", folder.resolve("nowhere").toString()), home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("JAVA_HOME is " + folder.resolve("nowhere"));
    }

    @Test
    void optionsForJavaCanBeAdded() throws Exception {
        Run run = launch(Map.of("TOUCHSTONE_JAVA_OPTS", "-Xmx8g -Dx=y"), home.resolve("touchstone"));

        assertThat(run.out).contains("<-Xmx8g><-Dx=y>");
    }

    private void script(String name, String body) throws IOException {
        script(path, name, body);
    }

    private static void script(Path folder, String name, String body) throws IOException {
        Path script = folder.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run launch(Path launcher, String... args) throws Exception {
        return launch(Map.of(), launcher, args);
    }

    private Run launch(Map<String, String> environment, Path launcher, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", path + ":" + tools());
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        return new Run(exit, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    /** A folder with what the launcher needs from the system, and no java or mvn. */
    private Path tools() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of("readlink", "dirname", "find", "head", "sed", "touch", "rm", "mv", "mkdir")) {
            String place = Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/";
            script(tools, tool, "exec " + place + tool + " \"$@\"");
        }
        return tools;
    }
}
