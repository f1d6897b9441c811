package dev.touchstone.generation.processors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Random scores of small vocabularies with many ties, and sequences of their tokens. */
public final class Distributions extends DomainContextBase {
    /** The input of a processor. (S), (V) */
    public record Input(int[] ids, float[] scores) {
        public int vocabulary() {
            return scores.length;
        }

        @Override
        public String toString() {
            return "ids " + Arrays.toString(ids) + ", scores " + Arrays.toString(scores);
        }
    }

    @Provide
    Arbitrary<Input> inputs() {
        return Arbitraries.integers()
                .between(2, 12)
                .flatMap(vocabulary -> {
                    Arbitrary<Float> coarse =
                            Arbitraries.integers().between(-8, 8).map(i -> i / 2f);
                    Arbitrary<Float> fine = Arbitraries.floats().between(-6, 6);
                    Arbitrary<float[]> scores =
                            Arbitraries.oneOf(coarse, fine).array(float[].class).ofSize(vocabulary);
                    Arbitrary<int[]> ids = Arbitraries.integers()
                            .between(0, vocabulary - 1)
                            .array(int[].class)
                            .ofMinSize(1)
                            .ofMaxSize(14);
                    return Combinators.combine(ids, scores).as(Input::new);
                })
                .withoutEdgeCases();
    }

    /** Inputs of the same kind without jqwik, for the checks of the bug zoo. */
    public static List<Input> sample(long seed, int count, int vocabulary) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = random.ints(random.nextInt(1, 14), 0, vocabulary).toArray();
            float[] scores = new float[vocabulary];
            boolean coarse = random.nextBoolean();
            for (int v = 0; v < vocabulary; v++) {
                scores[v] = coarse ? random.nextInt(-8, 9) / 2f : (float) (random.nextDouble() * 12 - 6);
            }
            inputs.add(new Input(ids, scores));
        }
        return inputs;
    }
}
