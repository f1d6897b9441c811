package dev.touchstone.support;

import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Random prompts of any ids, from one token to the whole context. */
public final class Prompts {
    /** Limits the time of the larger models. */
    private static final int LONGEST = 64;

    private Prompts() {}

    /** Token ids for one fixture's model. */
    public record Prompt(Fixture fixture, int[] ids) {
        @Override
        public String toString() {
            return fixture.name() + " " + Arrays.toString(ids);
        }
    }

    public static Arbitrary<Prompt> of(Fixture fixture) {
        Transformer.Shape shape = Fixtures.model(fixture).transformer().shape();
        return Arbitraries.integers()
                .between(0, shape.vocabulary() - 1)
                .array(int[].class)
                .ofMinSize(1)
                .ofMaxSize(Math.min(LONGEST, shape.positions()))
                .map(ids -> new Prompt(fixture, ids));
    }
}
