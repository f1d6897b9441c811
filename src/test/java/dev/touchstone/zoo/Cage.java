package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** One thing, what is checked of it, and the bugs that people made in it. */
public record Cage<S>(String name, S real, List<Check<S>> checks, List<Bug<S>> bugs) {
    /** The thing passes every check, and each bug is caught by its own. */
    public Stream<DynamicTest> tests() {
        Stream<DynamicTest> truths = checks.stream()
                .map(check -> DynamicTest.dynamicTest(
                        name + ": " + check, () -> check.assertion().accept(real)));
        Stream<DynamicTest> catches = bugs.stream()
                .map(bug -> DynamicTest.dynamicTest(bug + ", caught by: " + bug.check(), () -> {
                    assertThat(checks).as("the checks that the real one passes").contains(bug.check());
                    assertThat(bug.check().catches(bug.planted())).as("caught").isTrue();
                }));
        return Stream.concat(truths, catches);
    }
}
