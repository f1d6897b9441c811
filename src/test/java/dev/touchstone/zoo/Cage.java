package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.KillMatrix;
import dev.touchstone.support.KillMatrix.Fate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A subject, its checks, and its bugs. */
public record Cage<S>(String name, S real, List<Check<S>> checks, List<Bug<S>> bugs) {
    /** The subject passes every check, and each bug fails its own. */
    public Stream<DynamicTest> tests() {
        Stream<DynamicTest> truths = checks.stream()
                .map(check -> DynamicTest.dynamicTest(
                        name + ": " + check, () -> check.assertion().accept(real)));
        Stream<DynamicTest> catches = bugs.stream()
                .map(bug -> DynamicTest.dynamicTest(bug + ", caught by: " + bug.check(), () -> {
                    assertThat(checks).as("the checks that the real one passes").contains(bug.check());
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
                    assertThat(failure).as("what the check says of it").isPresent();
                }));
        return Stream.concat(truths, catches);
    }
}
