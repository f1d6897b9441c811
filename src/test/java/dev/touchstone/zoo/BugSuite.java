package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.KillMatrix;
import dev.touchstone.support.KillMatrix.Fate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A tested object, its checks, and versions of it with known bugs. */
public record BugSuite<S>(String name, S real, List<Check<S>> checks, List<Bug<S>> bugs) {
    /** One test per check, which the correct object must pass, and one per bug, which must fail its check. */
    public Stream<DynamicTest> tests() {
        Stream<DynamicTest> passing = checks.stream()
                .map(check -> DynamicTest.dynamicTest(
                        name + ": " + check, () -> check.assertion().accept(real)));
        Stream<DynamicTest> failing = bugs.stream()
                .map(bug -> DynamicTest.dynamicTest(bug + ", detected by: " + bug.check(), () -> {
                    assertThat(checks).as("checks of the correct object").contains(bug.check());
                    Optional<String> failure = bug.check().failure(bug.planted());
                    KillMatrix.add(new KillMatrix.Row(
                            bug.id(),
                            bug.what(),
                            bug.seenIn(),
                            bug.check().name(),
                            name,
                            0,
                            failure.orElse(""),
                            failure.isPresent() ? Fate.KILLED : Fate.SURVIVED,
                            null,
                            false));
                    assertThat(failure).as("failure of the check").isPresent();
                }));
        return Stream.concat(passing, failing);
    }
}
