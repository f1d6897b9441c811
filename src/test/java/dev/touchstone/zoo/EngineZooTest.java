package dev.touchstone.zoo;

import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.HalfPrecision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Kernels, readers and executors pass their checks, and each of their bugs is detected by its check. */
class EngineZooTest {
    @TestFactory
    Stream<DynamicTest> everyBugIsDetected() {
        return Stream.of(
                        new BugSuite<>("the kernels", new ScalarKernels(), KernelChecks.ALL, KernelBugs.ALL),
                        new BugSuite<>(
                                "BF16", HalfPrecision::fromBfloat16, List.of(LoaderChecks.BF16), LoaderBugs.BF16),
                        new BugSuite<>("F16", HalfPrecision::fromFloat16, List.of(LoaderChecks.F16), LoaderBugs.F16),
                        new BugSuite<>("safetensors", LoaderChecks::read, LoaderChecks.FILES, LoaderBugs.FILES),
                        new BugSuite<>("GGUF models", model -> {}, GgufBugs.MODEL_CHECKS, GgufBugs.MODELS),
                        new BugSuite<>("GGUF families", model -> {}, GgufFamilyBugs.CHECKS, GgufFamilyBugs.ALL),
                        new BugSuite<>("GGUF types", GgufBugs::read, GgufBugs.TYPE_CHECKS, GgufBugs.TYPES),
                        new BugSuite<>(
                                "the executor",
                                model -> new CachedExecutor(model, new ScalarKernels()),
                                ExecutorBugs.CHECKS,
                                ExecutorBugs.ALL))
                .flatMap(BugSuite::tests);
    }
}
