package dev.touchstone.zoo;

import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.HalfPrecision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Kernels, readers and executors pass their checks, and each of their bugs fails the check named for it. */
class EngineZooTest {
    @TestFactory
    Stream<DynamicTest> catchesEveryBug() {
        return Stream.of(
                        new Cage<>("the kernels", new ScalarKernels(), KernelChecks.ALL, KernelBugs.ALL),
                        new Cage<>("BF16", HalfPrecision::fromBfloat16, List.of(LoaderChecks.BF16), LoaderBugs.BF16),
                        new Cage<>("F16", HalfPrecision::fromFloat16, List.of(LoaderChecks.F16), LoaderBugs.F16),
                        new Cage<>("safetensors", LoaderChecks::read, LoaderChecks.FILES, LoaderBugs.FILES),
                        new Cage<>(
                                "the executor",
                                model -> new CachedExecutor(model, new ScalarKernels()),
                                ExecutorBugs.CHECKS,
                                ExecutorBugs.ALL))
                .flatMap(Cage::tests);
    }
}
