package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.RandomGpt2;
import dev.touchstone.parity.TapResult;
import dev.touchstone.parity.TorchReference;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The bounds of random models are so tight that at least one of 30 models locates each bug of the forward pass at its tap.
 * Some models cannot detect some bugs: for example, a wrong mask has no effect on a single token.
 */
class RandomModelZooTest {
    private record RandomModel(Transformer model, TorchReference reference) {}

    @TestFactory
    Stream<DynamicTest> everyBugIsLocatedAtItsTap() {
        RandomGenerator<RandomGpt2> generator = RandomGpt2.any().generator(1000);
        Random random = new Random(1);
        List<RandomModel> models = Stream.generate(() -> generator.next(random).value())
                .limit(30)
                .map(generated -> new RandomModel(generated.model(), generated.reference()))
                .toList();
        return ForwardZooTest.BUGS.stream()
                .filter(bug -> !bug.isEquivalent() && !bug.warm())
                .map(bug -> DynamicTest.dynamicTest(
                        bug.toString(),
                        () -> assertThat(models)
                                .anyMatch(model -> find(bug, model).equals(bug.tap()))));
    }

    /** The first wrong tap of this model with the bug; "" if the bug does not apply to the model or changes nothing. */
    private static String find(ForwardBug bug, RandomModel random) {
        try {
            return Parity.check(bug.plant().into(random.model), TapMap.of(random.model), random.reference)
                    .taps()
                    .stream()
                    .filter(tap -> !random.reference.allows(tap))
                    .findFirst()
                    .map(TapResult::name)
                    .orElse("");
        } catch (TouchstoneException e) {
            return Finding.tapIn(e, random.reference); // a shape that differs
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            return ""; // no such layer or head
        }
    }
}
