package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.generation.processors.RepetitionPenalty;
import dev.touchstone.generation.processors.Temperature;
import dev.touchstone.generation.processors.TopK;
import dev.touchstone.generation.processors.TopP;
import dev.touchstone.kernels.ScalarKernels;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Decoding passes its checks, and each decoding bug is detected by its check. */
class DecodingZooTest {
    @TestFactory
    Stream<DynamicTest> everyBugIsDetected() {
        return suites().stream().flatMap(BugSuite::tests);
    }

    /** The bugs of D11 are in {@code SpeculativeSamplingTest}. */
    @Test
    void everyKindOfBugIsIncluded() {
        assertThat(suites().stream().flatMap(suite -> suite.bugs().stream()).map(Bug::id))
                .contains("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D12", "D13", "D14");
    }

    private static List<BugSuite<?>> suites() {
        return List.of(
                new BugSuite<>(
                        "top-p",
                        TopP::new,
                        List.of(
                                ProcessorChecks.TOP_P_IS_ITS_DEFINITION,
                                ProcessorChecks.TOP_P_AT_A_SUM_OF_EXACTLY_P,
                                ProcessorChecks.TOP_P_AT_ZERO_AND_ONE),
                        ProcessorBugs.TOP_P),
                new BugSuite<>(
                        "top-k", TopK::new, List.of(ProcessorChecks.TOP_K_IS_ITS_DEFINITION), ProcessorBugs.TOP_K),
                new BugSuite<>("order", Processors::forSampling, List.of(ProcessorChecks.ORDER), ProcessorBugs.ORDER),
                new BugSuite<>(
                        "temperature",
                        Temperature::new,
                        List.of(ProcessorChecks.TEMPERATURE_ZERO),
                        ProcessorBugs.TEMPERATURE),
                new BugSuite<>(
                        "repetition penalty",
                        RepetitionPenalty::new,
                        List.of(ProcessorChecks.PENALTY_IS_ITS_DEFINITION),
                        ProcessorBugs.PENALTY),
                new BugSuite<>(
                        "greedy",
                        scores -> Sampler.GREEDY.pick(scores, new Random(1)),
                        List.of(ProcessorChecks.FIRST_OF_EQUALS, ProcessorChecks.NAN_IS_AN_ERROR),
                        ProcessorBugs.ARGMAX),
                new BugSuite<>("the loop", Decoding.REAL, DecodingChecks.ALL, DecodingBugs.ALL),
                new BugSuite<>(
                        "the window",
                        model -> new CachedExecutor(model, new ScalarKernels()),
                        List.of(SlidingChecks.CACHED_IS_NAIVE_BEYOND_THE_CONTEXT),
                        SlidingBugs.ALL));
    }
}
