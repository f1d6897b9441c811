package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Answers;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.RandomGpt2;
import dev.touchstone.parity.TapResult;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The bounds of random models allow rounding errors only: at least one of 30 models finds each bug of the forward pass at its
 * tap. Not every model can: with a single token, for example, a wrong mask has no effect.
 */
class RandomModelZooTest {
    private record Drawn(Transformer model, Answers answers) {}

    @TestFactory
    Stream<DynamicTest> findsEveryBugWhereItIs() {
        RandomGenerator<RandomGpt2> generator = RandomGpt2.any().generator(1000);
        Random random = new Random(1);
        List<Drawn> models = Stream.generate(() -> generator.next(random).value())
                .limit(30)
                .map(drawn -> new Drawn(drawn.model(), drawn.answers()))
                .toList();
        return ForwardZooTest.BUGS.stream()
                .filter(bug -> !bug.isEquivalent() && !bug.warm())
                .map(bug -> DynamicTest.dynamicTest(
                        bug.toString(),
                        () -> assertThat(models)
                                .anyMatch(drawn -> find(bug, drawn).equals(bug.tap()))));
    }

    /** The first wrong tap with the bug in this model; empty if the bug does not apply to it or changes nothing. */
    private static String find(ForwardBug bug, Drawn drawn) {
        try {
            return Parity.check(bug.plant().into(drawn.model), TapMap.of(drawn.model), drawn.answers).taps().stream()
                    .filter(tap -> !drawn.answers.allow(tap))
                    .findFirst()
                    .map(TapResult::name)
                    .orElse("");
        } catch (TouchstoneException e) {
            return Finding.tapIn(e, drawn.answers); // a shape that differs
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            return ""; // no such layer or head
        }
    }
}
