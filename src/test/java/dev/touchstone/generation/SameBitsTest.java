package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Prompts;
import dev.touchstone.support.Prompts.Prompt;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.IntRange;

/** The logits of the cached executor have the same bits as those of the naive executor. */
class SameBitsTest {
    @Property(tries = 40)
    void chunksOfAnySizeGiveTheSameBits(
            @ForAll("prompts") Prompt prompt, @ForAll @IntRange(min = 1, max = 70) int chunk) {
        CachedExecutor cached = new CachedExecutor(model(prompt.fixture()), new ScalarKernels(), chunk);

        assertThat(bits(cached.next(List.of(prompt.ids())))).isEqualTo(naive(prompt.fixture(), prompt.ids()));
    }

    @Property(tries = 40)
    void anEarlierSequenceInTheCacheChangesNothing(
            @ForAll("twoPrompts") Tuple2<Prompt, Prompt> prompts,
            @ForAll @IntRange(min = 0, max = 64) int common,
            @ForAll @IntRange(min = 1, max = 9) int requested) {
        Fixture fixture = prompts.get1().fixture();
        int[] before = prompts.get1().ids();
        int[] after = prompts.get2().ids();
        System.arraycopy(before, 0, after, 0, Math.min(common, Math.min(before.length, after.length)));
        int count = Math.min(requested, after.length);
        CachedExecutor cached = new CachedExecutor(model(fixture), new ScalarKernels());

        cached.next(List.of(before));

        assertThat(bits(cached.last(after, count)))
                .isEqualTo(bits(new NaiveExecutor(model(fixture), new ScalarKernels()).last(after, count)));
    }

    @Property(tries = 25)
    void otherSequencesInTheBatchChangeNothing(
            @ForAll("batches") List<Prompt> batch, @ForAll @IntRange(min = 1, max = 70) int chunk) {
        Fixture fixture = batch.get(0).fixture();
        CachedExecutor cached = new CachedExecutor(model(fixture), new ScalarKernels(), chunk);

        Tensor together = cached.next(batch.stream().map(Prompt::ids).toList());

        for (int b = 0; b < batch.size(); b++) {
            assertThat(bits(together.rows(b, b + 1)))
                    .isEqualTo(naive(fixture, batch.get(b).ids()));
        }
    }

    @Property(tries = 25)
    void sequencesWithACommonPrefixHaveSeparateCaches(
            @ForAll("prompts") Prompt prompt, @ForAll("forks") List<Integer> lengths, @ForAll long seed) {
        Fixture fixture = prompt.fixture();
        int vocabulary = model(fixture).shape().vocabulary();
        int positions = model(fixture).shape().positions();
        Random random = new Random(seed);
        List<int[]> forks = lengths.stream()
                .map(length ->
                        Arrays.copyOf(prompt.ids(), Math.min(positions, Math.min(length, prompt.ids().length) + 1)))
                .toList();
        forks.forEach(fork -> fork[fork.length - 1] = random.nextInt(vocabulary));
        CachedExecutor cached = new CachedExecutor(model(fixture), new ScalarKernels());

        cached.next(List.of(prompt.ids()));
        Tensor together = cached.next(forks);

        for (int b = 0; b < forks.size(); b++) {
            assertThat(bits(together.rows(b, b + 1))).isEqualTo(naive(fixture, forks.get(b)));
        }
    }

    private static Transformer model(Fixture fixture) {
        return Fixtures.model(fixture).transformer();
    }

    private static int[] naive(Fixture fixture, int[] ids) {
        return bits(new NaiveExecutor(model(fixture), new ScalarKernels()).next(List.of(ids)));
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[tensor.size()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(tensor.data()[i]);
        }
        return bits;
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        return fixtures().flatMap(Prompts::of);
    }

    @Provide
    Arbitrary<Tuple2<Prompt, Prompt>> twoPrompts() {
        return fixtures()
                .flatMap(fixture -> Prompts.of(fixture)
                        .flatMap(first -> Prompts.of(fixture).map(second -> Tuple.of(first, second))));
    }

    @Provide
    Arbitrary<List<Prompt>> batches() {
        return fixtures()
                .flatMap(fixture -> Prompts.of(fixture).list().ofMinSize(1).ofMaxSize(5));
    }

    @Provide
    Arbitrary<List<Integer>> forks() {
        return Arbitraries.integers().between(0, 64).list().ofMinSize(1).ofMaxSize(4);
    }

    private static Arbitrary<Fixture> fixtures() {
        return Arbitraries.of(Fixtures.all());
    }
}
