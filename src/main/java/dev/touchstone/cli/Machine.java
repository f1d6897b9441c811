package dev.touchstone.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.touchstone.kernels.KernelChoice;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine that the program runs on.
 *
 * @param java version of Java
 * @param javaHome where it is installed
 * @param vectorBits width of a vector; 0 if the Vector API is not available
 * @param cores processors that Java may use
 * @param heap bytes that Java may use
 * @param memory bytes of the machine
 * @param repository Maven's local repository
 */
record Machine(
        Runtime.Version java, Path javaHome, int vectorBits, int cores, long heap, long memory, Path repository) {
    /** The machine of this process. */
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

    /** Whether the Java installation has a compiler, which {@code mvn} and the launcher need. */
    boolean hasCompiler() {
        return Files.exists(javaHome.resolve("bin/javac")) || Files.exists(javaHome.resolve("bin/javac.exe"));
    }
}
