package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.RunsBesideOthers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher in a temporary directory, with scripts for Maven and Java that print their arguments. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher for Windows is another file")
@RunsBesideOthers
class LauncherTest {
    /** A Java that writes the class archive if its arguments request one. */
    private static final String ARCHIVING =
            "for argument; do case $argument in -XX:ArchiveClassesAtExit=*) echo made >\"${argument#*=}\"; exit;; esac; done\n";

    private static final Path LAUNCHER = Path.of(System.getProperty("touchstone.basedir", "."), "touchstone");

    @TempDir
    private Path folder;

    private Path home;
    private Path jar;
    private Path path;

    private record Run(int exit, String out, String err) {}

    private record Launch(Process process, Path out, Path err) {
        Run end() throws Exception {
            return new Run(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        }
    }

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
        maven("echo mvn \"$@\" >&2; : >\"$jar\"");
    }

    @Test
    void buildsOnFirstUseWithAMessage() throws Exception {
        Run run = launch(home.resolve("touchstone"), "generate", "--prompt", "a  b");

        assertThat(run.exit).isZero();
        assertThat(run.err)
                .startsWith("touchstone: building, once")
                .contains("mvn --quiet", "shade:shade@runnable-jar");
        assertThat(run.out).endsWith("<-jar><" + jar.toRealPath() + "><generate><--prompt><a  b>");
        assertThat(run.out).contains("terminal.out=false>").doesNotContain("incubator");
        assertThat(jar.getParent()).isDirectoryNotContaining(file -> !Files.isRegularFile(file));
    }

    @Test
    void doesNotBuildAgain() throws Exception {
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
    void writesAndUsesTheClassArchive() throws Exception {
        Path classes = jar.resolveSibling("touchstone-17.0.1.jsa");
        script("java", ARCHIVING + "printf '<%s>' \"$@\"");
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");

        Run run = launch(home.resolve("touchstone"), "x");

        assertThat(Files.readString(classes)).isEqualTo("made\n");
        assertThat(run.out)
                .contains("<-XX:SharedArchiveFile=" + classes.toRealPath() + ">")
                .endsWith("<x>");
        assertThat(launch(home.resolve("touchstone"), "x").err).isEmpty();
    }

    @Test
    void eachVersionOfJavaHasItsClassArchive() throws Exception {
        script("java", ARCHIVING + "printf '<%s>' \"$@\"");
        for (String version : List.of("17.0.1", "25.0.3", "17.0.1")) {
            Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");

            assertThat(launch(home.resolve("touchstone"), "x").out).contains("/touchstone-" + version + ".jsa>");
        }

        assertThat(jar.resolveSibling("touchstone-17.0.1.jsa")).hasContent("made");
        assertThat(jar.resolveSibling("touchstone-25.0.3.jsa")).hasContent("made");
    }

    @Test
    void aFailedBuildLeavesNoJar() throws Exception {
        maven("echo half >\"$jar\"; echo why it failed; exit 1");

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err).contains("why it failed", "touchstone: the build failed");
        assertThat(jar.getParent()).isEmptyDirectory();
    }

    @Test
    void aFailedBuildKeepsTheOldJar() throws Exception {
        launch(home.resolve("touchstone"));
        Files.writeString(jar, "a jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
        maven("echo half >\"$jar\"; exit 1");

        assertThat(launch(home.resolve("touchstone")).exit).isEqualTo(1);
        assertThat(jar).hasContent("a jar");
    }

    /** The signal arrives while Maven writes the jar. */
    @Test
    void anInterruptedBuildLeavesNoJar() throws Exception {
        maven("echo half >\"$jar\"; kill -TERM $PPID");

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(130);
        assertThat(jar.getParent()).isEmptyDirectory();
    }

    @Test
    void aSourceThatChangesDuringTheBuildCausesAnotherBuild() throws Exception {
        maven("/bin/sleep 1; echo 'class A { int b; }' >'" + home + "/src/main/java/A.java'; : >\"$jar\"");
        launch(home.resolve("touchstone"));
        maven(": >\"$jar\"");

        assertThat(launch(home.resolve("touchstone")).err).contains("building");
        assertThat(launch(home.resolve("touchstone")).err).isEmpty();
    }

    @Test
    void ofSimultaneousFirstRunsOneBuildsAndTheOthersWait() throws Exception {
        Path builds = folder.resolve("builds");
        Path archives = folder.resolve("archives");
        maven("echo build >>'" + builds + "'; /bin/sleep 2; echo a jar >\"$jar\"");
        script(
                "java",
                "[ -s '" + jar + "' ] || exit 3\n" + ARCHIVING.replace("made", "made | tee -a '" + archives + "'")
                        + "printf '<%s>' \"$@\"");
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");

        List<Launch> launches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            launches.add(start(Map.of(), home.resolve("touchstone"), "run" + i));
        }

        int waiting = 0;
        for (int i = 0; i < 4; i++) {
            Run run = launches.get(i).end();
            assertThat(run.exit).as(run.err).isZero();
            assertThat(run.out).endsWith("<run" + i + ">");
            waiting += run.err.contains("touchstone: waiting for process ") ? 1 : 0;
        }
        assertThat(waiting).isEqualTo(3);
        assertThat(builds).hasContent("build");
        assertThat(archives).hasContent("made");
        assertThat(jar).hasContent("a jar");
        assertThat(jar.resolveSibling("touchstone.lock")).doesNotExist();
    }

    @Test
    void aWaitingRunBuildsAgainAfterAFailedBuild() throws Exception {
        maven("if mkdir '" + folder + "/first'; then /bin/sleep 1; exit 1; fi; : >\"$jar\"");
        Launch first = start(Map.of(), home.resolve("touchstone"), "first");
        while (!Files.exists(folder.resolve("first"))) {
            Thread.sleep(5);
        }

        assertThat(launch(home.resolve("touchstone"), "second").out).endsWith("<second>");
        assertThat(first.end().exit).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"touchstone.lock/DEAD", "touchstone.lock"})
    void aLockOfAnEndedProcessIsReplaced(String left) throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Files.createDirectories(jar.resolveSibling(left.replace("DEAD", "" + ended.pid())));

        Run run = launch(home.resolve("touchstone"), "x");

        assertThat(run.exit).isZero();
        assertThat(run.out).endsWith("<x>");
        assertThat(jar.resolveSibling("touchstone.lock")).doesNotExist();
    }

    @Test
    void aLockOfARunningProcessIsRespected() throws Exception {
        long pid = ProcessHandle.current().pid();
        Path lock = Files.createDirectories(jar.resolveSibling("touchstone.lock/" + pid));
        Launch launch = start(Map.of(), home.resolve("touchstone"), "x");

        assertThat(launch.process.waitFor(1, TimeUnit.SECONDS)).isFalse();
        launch.process.destroy();

        Run run = launch.end();
        assertThat(run.exit).isEqualTo(130);
        assertThat(run.err)
                .isEqualToIgnoringNewLines(
                        "touchstone: waiting for process " + pid + ", which is building; if it is not, delete "
                                + lock.toRealPath().getParent());
        assertThat(lock).isDirectory();
        assertThat(jar).doesNotExist();
    }

    @Test
    void withoutJavaItSaysWhatToInstall() throws Exception {
        Files.delete(path.resolve("java"));

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).startsWith("touchstone: no java found; install a JDK 17 or later");
        assertThat(run.err.lines()).hasSize(1);
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        script("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");

        Run run = launch(home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("is too old: found version 11.0.2, expected 17 or later");
    }

    @Test
    void javaHomeIsPreferredToThePath() throws Exception {
        Run run = launch(Map.of("JAVA_HOME", folder.resolve("nowhere").toString()), home.resolve("touchstone"));

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("JAVA_HOME is " + folder.resolve("nowhere"));
    }

    @Test
    void optionsForJavaCanBeAdded() throws Exception {
        Run run = launch(Map.of("TOUCHSTONE_JAVA_OPTS", "-Xmx8g -Dx=y"), home.resolve("touchstone"));

        assertThat(run.out).contains("<-Xmx8g><-Dx=y>");
    }

    /** A script for Maven, in which {@code $jar} is the path of the jar. */
    private void maven(String body) throws IOException {
        script(
                "mvn",
                "for argument; do case $argument in -Drunnable.jar=*) jar=${argument#*=};; esac; done\nmkdir -p '"
                        + jar.getParent() + "'\n" + body);
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
        return start(environment, launcher, args).end();
    }

    private Launch start(Map<String, String> environment, Path launcher, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", path + ":" + tools());
        builder.environment().putAll(environment);
        return new Launch(builder.start(), out, err);
    }

    /** A directory with the commands that the launcher needs, except java and mvn. Pauses are a tenth as long as the launcher's. */
    private Path tools() throws IOException {
        Path tools = folder.resolve("tools");
        if (Files.exists(tools)) {
            return tools;
        }
        Files.createDirectory(tools);
        for (String tool : List.of(
                "readlink",
                "dirname",
                "find",
                "head",
                "sed",
                "touch",
                "rm",
                "mv",
                "mkdir",
                "rmdir",
                "ls",
                "sleep",
                "tee")) {
            String place = Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/";
            script(tools, tool, "exec " + place + tool + (tool.equals("sleep") ? " 0.1" : " \"$@\""));
        }
        return tools;
    }
}
