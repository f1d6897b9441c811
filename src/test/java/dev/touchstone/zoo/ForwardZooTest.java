package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.KillMatrix;
import dev.touchstone.support.KillMatrix.Fate;
import dev.touchstone.support.RunsBesideOthers;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The comparison with the goldens detects each bug of the forward pass, locates it at its tap, and diagnoses it. */
@RunsBesideOthers
class ForwardZooTest {
    /** The bugs of GPT-2. */
    static final List<ForwardBug> BUGS = Stream.of(
                    WeightBugs.ALL,
                    ActivationBugs.ALL,
                    NormBugs.ALL,
                    ScoreBugs.ALL,
                    HeadBugs.ALL,
                    ResidualBugs.ALL,
                    PositionBugs.ALL,
                    NumericsBugs.ALL)
            .flatMap(List::stream)
            .toList();

    /** The bugs of all families. */
    static Stream<ForwardBug> all() {
        return Stream.of(
                        BUGS,
                        RotaryBugs.ALL,
                        SinusoidBugs.ALL,
                        GroupBugs.ALL,
                        FamilyBugs.ALL,
                        LayerKindBugs.ALL,
                        DenseFamilyBugs.ALL,
                        MixtureBugs.ALL,
                        LatentBugs.ALL,
                        Llama4Bugs.ALL,
                        FusedBugs.ALL,
                        MultiplierBugs.ALL,
                        AlibiBugs.ALL)
                .flatMap(List::stream);
    }

    private static final String GOLDENS = "all taps of the goldens";

    /** Those of the bugs that have been run; {@link RenamedFamilyTest} needs them too. */
    private static final Map<ForwardBug, Finding> FINDINGS = new ConcurrentHashMap<>();

    @TestFactory
    Stream<DynamicTest> everyBugIsLocatedAtItsTap() {
        return all().map(bug -> DynamicTest.dynamicTest(bug.toString(), () -> find(bug)));
    }

    @TestFactory
    Stream<DynamicTest> correctModelsPass() {
        return Fixtures.all().stream()
                .map(Fixture::name)
                .filter(name -> name.startsWith("tiny-"))
                .flatMap(fixture -> Stream.of(true, false)
                        .map(warm -> DynamicTest.dynamicTest(
                                fixture + (warm ? ", with the first half in the cache" : ""), () -> {
                                    Finding finding = run(fixture, warm ? Plant.NOTHING_WARM : Plant.NOTHING, warm);

                                    assertThat(finding.passes())
                                            .as(finding.toString())
                                            .isTrue();
                                })));
    }

    private static void find(ForwardBug bug) {
        Finding finding = finding(bug);
        KillMatrix.add(new KillMatrix.Row(
                bug.id(),
                bug.what(),
                bug.seenIn(),
                GOLDENS + (bug.warm() ? ", with half of the prompt cached" : ""),
                finding.tap(),
                finding.ratio(),
                bug.isEquivalent() ? bug.equivalent() : String.join("; ", finding.clues()),
                !finding.passes() ? Fate.KILLED : bug.isEquivalent() ? Fate.EQUIVALENT : Fate.SURVIVED,
                WeakerChecks.run(bug),
                !bug.isEquivalent() && ExpectedDiagnoses.isRight(bug, finding.clues())));

        assertThat(finding.passes()).as("the comparison passes").isEqualTo(bug.isEquivalent());
        if (!bug.isEquivalent()) {
            assertThat(finding.tap()).as("tap of the finding: %s", finding).isEqualTo(bug.tap());
            assertThat(ExpectedDiagnoses.isRight(bug, finding.clues()))
                    .as("whether the diagnosis is as expected: %s", finding.clues())
                    .isNotEqualTo(ExpectedDiagnoses.isNotNamed(bug));
        }
    }

    /** What the comparison with the goldens finds. */
    static Finding finding(ForwardBug bug) {
        return FINDINGS.computeIfAbsent(bug, key -> run(key.fixture(), key.plant(), key.warm()));
    }

    private static Finding run(String fixture, Plant plant, boolean warm) {
        Transformer model = Fixtures.model(Fixtures.named(fixture)).transformer();
        try (Goldens goldens = new Goldens(longest(Fixtures.named(fixture)))) {
            return Finding.of(plant.into(model), TapMap.of(model), warm ? new SecondHalf(goldens) : goldens);
        }
    }

    /** The longest case of a fixture. */
    static Path longest(Fixture fixture) {
        return fixture.cases().stream()
                .max(Comparator.comparingLong(file -> file.toFile().length()))
                .orElseThrow();
    }
}
