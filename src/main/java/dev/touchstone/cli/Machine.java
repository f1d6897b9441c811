package dev.touchstone.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.touchstone.kernels.KernelChoice;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the program runs on.
 *
 * @param java the version of Java
 * @param javaHome where it is installed
 * @param vectorBits the width of a vector, 0 where the kernels have none
 * @param cores the processors that Java may use
 * @param heap the bytes that Java may use
 * @param memory the bytes that there are
 * @param repository where Maven keeps what it has fetched
 */
record Machine(
        Runtime.Version java, Path javaHome, int vectorBits, int cores, long heap, long memory, Path repository) {
    /** The one that this process runs on. */
    static Machine ofThisProcess() {
        Runtime runtime = Runtime.getRuntime();
        String repository = System.getProperty("maven.repo.local");
        return new Machine(
                Runtime.version(),
                Path.of(System.getProperty("java.home")),
                KernelChoice.vectorBits(),
                runtime.availableProcessors(),
                runtime.maxMemory(),
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize(),
                repository == null
                        ? Path.of(System.getProperty("user.home"), ".m2", "repository")
                        : Path.of(repository));
    }

    /** Whether Java can compile, as {@code mvn} and the launcher ask of it. */
    boolean hasCompiler() {
        return Files.exists(javaHome.resolve("bin/javac")) || Files.exists(javaHome.resolve("bin/javac.exe"));
    }
}
