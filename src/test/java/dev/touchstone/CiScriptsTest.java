package dev.touchstone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests the scripts in ci/, with Maven, the JDKs and curl replaced by scripts. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the JDKs of this test are scripts for sh")
class CiScriptsTest {
    private static final Path CI = Path.of(System.getProperty("touchstone.basedir", "."), "ci");

    @TempDir
    private Path folder;

    private record Run(int exit, String out, String err) {}

    @BeforeEach
    void copyScripts() throws IOException {
        for (String name : new String[] {"jdks.sh", "vector-widths.sh", "verify.sh", "dependencies.sh"}) {
            Files.createDirectories(folder.resolve("project/ci"));
            Files.copy(CI.resolve(name), folder.resolve("project/ci").resolve(name));
        }
        Files.createDirectories(folder.resolve("project/target/surefire-reports"));
        Files.createDirectory(folder.resolve("jdks"));
        script(
                "bin/mvn",
                "echo \"$JAVA_HOME\" \"$@\" >>'" + folder + "/runs'; cat '" + folder + "/log';"
                        + "echo '<testsuite name=\"x\" tests=\"18\">' >" + "target/surefire-reports/"
                        + "TEST-dev.touchstone.kernels.LogitsDigestTest.xml");
        Files.createFile(folder.resolve("log"));
    }

    @Test
    void vectorWidthsFailsWithoutAJdk() throws Exception {
        jdk("another", "21.0.1");

        Run run = run("vector-widths.sh");

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("found neither JDK 17 nor JDK 25, so nothing was tested");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void vectorWidthsTestsThreeWidthsOnEachJdk() throws Exception {
        Path first = jdk("openjdk-17", "17.0.1");
        Path second = jdk("temurin-25", "25");

        Run run = run("vector-widths.sh");

        assertThat(run.exit).as(run.err).isZero();
        assertThat(run.out.lines().filter("   18 digests agree"::equals)).hasSize(6);
        assertThat(Files.readAllLines(folder.resolve("runs")))
                .extracting(line -> line.split(" ")[0] + " " + line.replaceAll(".*MaxVectorSize=", ""))
                .containsExactly(
                        first + " 16", first + " 32", first + " 64", second + " 16", second + " 32", second + " 64");
    }

    @Test
    void vectorWidthsTestsTheWidthsThatAreGiven() throws Exception {
        jdk("openjdk-17", "17.0.1");

        Run run = run("vector-widths.sh", "16");

        String out = run.out.replace(folder.toString(), ""); // its name is random and may contain these numbers
        assertThat(out).contains("vectors of 128 bits").doesNotContain("256", "512");
    }

    @Test
    void vectorWidthsFailsIfNoDigestWasTested() throws Exception {
        jdk("openjdk-17", "17.0.1");
        script(
                "bin/mvn",
                "echo '<testsuite name=\"x\">' >target/surefire-reports/"
                        + "TEST-dev.touchstone.kernels.LogitsDigestTest.xml");

        assertThat(run("vector-widths.sh").exit).isNotZero();
    }

    @Test
    void aJdkIsFoundByItsVersionNotByItsName() throws Exception {
        jdk("jdk-17-or-so", "21.0.2");
        Path right = jdk("zulu", "17.0.1");
        script("jdks/jre-17/bin/java", "echo 'openjdk version \"17.0.1\"' >&2");

        run("vector-widths.sh");

        assertThat(Files.readAllLines(folder.resolve("runs"))).allMatch(line -> line.startsWith(right + " "));
    }

    @Test
    void verifyFailsWithoutJdk17() throws Exception {
        jdk("temurin-25", "25");

        Run run = run("verify.sh");

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("no JDK 17 found");
    }

    @Test
    void verifyFailsIfTheBuildWarns() throws Exception {
        jdk("openjdk-17", "17.0.1");
        assertThat(run("verify.sh").exit).isZero();
        Files.writeString(folder.resolve("log"), "[WARNING] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1\n");
        assertThat(run("verify.sh").exit).isZero();
        Files.writeString(folder.resolve("log"), "[INFO] fine\n[WARNING] something is odd\n");

        Run run = run("verify.sh");

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("the build prints the warnings above");
    }

    @Test
    void dependenciesFailsForAKnownVulnerability() throws Exception {
        dependencies("{\"results\":[{\"vulns\":[{\"id\":\"GHSA-1\"},{\"id\":\"GHSA-2\"}]}]}");

        Run run = run("dependencies.sh");

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("FAIL org.a:one 1.0 has known vulnerabilities: GHSA-1 GHSA-2");
        assertThat(Files.readAllLines(folder.resolve("asked")))
                .containsExactly(query("org.a:one", "1.0"), query("org.b:two", "2.0"));
    }

    @Test
    void dependenciesPassesWithoutVulnerabilities() throws Exception {
        dependencies("{\"results\":[{}]}");

        Run run = run("dependencies.sh");

        assertThat(run.exit).as(run.err).isZero();
        assertThat(run.out).contains("known vulnerabilities: none in 2 dependencies");
    }

    @Test
    void dependenciesNamesTheChecksThatItSkipsOffline() throws Exception {
        dependencies("");
        script("bin/curl", "exit 6");

        Run run = run("dependencies.sh");

        assertThat(run.exit).as(run.err).isZero();
        assertThat(run.out)
                .contains("SKIPPED known vulnerabilities:", "cannot be reached; 0 of 2 dependencies were checked")
                .doesNotContain("none in");
    }

    @Test
    void dependenciesFailsForAnInvalidResponse() throws Exception {
        dependencies("<html>please log in</html>");

        assertThat(run("dependencies.sh").exit).isEqualTo(1);
    }

    /** Replaces Maven by a script that lists two runtime dependencies and one test dependency, and curl by this response. */
    private void dependencies(String answer) throws IOException {
        Files.writeString(folder.resolve("answer"), answer);
        Files.writeString(
                folder.resolve("list"),
                "The following files have been resolved:\n   org.a:one:jar:1.0:compile\n"
                        + "   org.b:two:jar:2.0:runtime (optional)\n   org.c:three:jar:3.0:test\n");
        script(
                "bin/mvn",
                "for argument; do case $argument in -DoutputFile=*) cat '" + folder
                        + "/list' >\"${argument#*=}\";; esac; done");
        script("bin/curl", "echo \"$6\" >>'" + folder + "/asked'; cat '" + folder + "/answer'");
    }

    private static String query(String name, String version) {
        return "{\"queries\":[{\"version\":\"" + version + "\",\"package\":{\"name\":\"" + name
                + "\",\"ecosystem\":\"Maven\"}}]}";
    }

    private Path jdk(String name, String version) throws IOException {
        script("jdks/" + name + "/bin/java", "echo 'openjdk version \"" + version + "\" 2025-01-01' >&2");
        script("jdks/" + name + "/bin/javac", "");
        return folder.resolve("jdks").resolve(name);
    }

    private void script(String name, String body) throws IOException {
        Path script = folder.resolve(name);
        Files.createDirectories(script.getParent());
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run run(String script, String... arguments) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        List<String> command = new ArrayList<>(List.of("bash", "ci/" + script));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.resolve("project").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JDK_DIRECTORY", folder.resolve("jdks").toString());
        builder.environment().merge("PATH", folder.resolve("bin") + ":", (path, bin) -> bin + path);
        int exit = builder.start().waitFor();
        return new Run(exit, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
