package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ProcessorTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final float ALL = Float.POSITIVE_INFINITY;
    private static final List<LogitsProcessor> FILTERS =
            List.of(new TopK(1), new TopK(9), new TopP(0), new TopP(0.9), new MinP(1), new MinP(0), new TypicalP(0.5));

    @Test
    void aVocabularyOfOneTokenKeepsIt() {
        assertThat(FILTERS)
                .allSatisfy(filter -> assertThat(filter.process(new int[] {0}, new float[] {-7}))
                        .containsExactly(-7));
    }

    @Test
    void ruledOutTokensStayRuledOutAndTheOnlyOtherTokenIsKept() {
        assertThat(FILTERS)
                .allSatisfy(filter -> assertThat(filter.process(new int[] {0}, new float[] {NONE, 2, NONE}))
                        .containsExactly(NONE, 2, NONE));
    }

    /** Hugging Face's softmax is NaN for such scores, and comparisons with NaN remove no token. */
    @Test
    void anInfiniteScoreDisablesFiltersByProbability() {
        float[] scores = {1, ALL, 2};

        for (LogitsProcessor filter : List.of(new TopP(0.1), new MinP(0.9), new TypicalP(0.1))) {
            assertThat(filter.process(new int[] {0}, scores)).as("%s", filter).containsExactly(1, ALL, 2);
        }
        assertThat(new TopK(1).process(new int[] {0}, scores)).containsExactly(NONE, ALL, NONE);
    }

    @Test
    void infiniteScoresAreUnchangedByTheRepetitionPenalty() {
        assertThat(new RepetitionPenalty(2).process(new int[] {0, 1, 2}, new float[] {NONE, ALL, 0, 3}))
                .containsExactly(NONE, ALL, 0, 3);
    }

    /** Hugging Face multiplies only scores below 0; infinity times 0 would be NaN. */
    @Test
    void anInfiniteRepetitionPenaltyDoesNotChangeZero() {
        assertThat(new RepetitionPenalty(1e39).process(new int[] {0, 1, 2}, new float[] {-1, 0, 3, 3}))
                .containsExactly(NONE, 0, 0, 3);
    }

    @Test
    void topKKeepsAllTokensThatTieWithTheKth() {
        assertThat(new TopK(2).process(new int[] {0}, new float[] {1, 2, 1, 1, 0}))
                .containsExactly(1, 2, 1, 1, NONE);
    }

    @Test
    void topPRemovesTheFirstOfEqualTokens() {
        assertThat(new TopP(0.5).process(new int[] {0}, new float[] {1, 1, 1, 1}))
                .containsExactly(NONE, NONE, 1, 1);
    }

    /** The order of PyTorch's stable sort, in which 0 and -0 are equal. */
    @Test
    void sortingIsStableWithNaNLast() {
        assertThat(Filter.ascending(new float[] {0f, -0f, -1, Float.NaN, 0.5f, 0f, NONE, ALL}))
                .containsExactly(6, 2, 0, 1, 5, 4, 7, 3);
    }

    /** The tokens have 2, 1, 3 and 3 bits, and the entropy is 1.75 bits. So the first is nearest, then the second. */
    @Test
    void typicalPKeepsNoMoreTokensOncePIsReached() {
        float[] scores = {bits(2), bits(1), bits(3), bits(3)};

        assertThat(new TypicalP(0.25).process(new int[] {0}, scores)).containsExactly(bits(2), NONE, NONE, NONE);
        assertThat(new TypicalP(0.26).process(new int[] {0}, scores)).containsExactly(bits(2), bits(1), NONE, NONE);
        assertThat(new TypicalP(0.75).process(new int[] {0}, scores)).containsExactly(bits(2), bits(1), NONE, NONE);
        assertThat(new TypicalP(0.76).process(new int[] {0}, scores)).containsExactly(scores);
    }

    private static float bits(int information) {
        return (float) (-information * Math.log(2));
    }

    /** In float, 41 times 1/41 is less than 1, so the sum of all tokens does not reach {@code p}. */
    @Test
    void typicalPKeepsAllTokensIfRoundingKeepsTheSumBelowP() {
        assertThat(new TypicalP(1 - 1e-9).process(new int[] {0}, new float[41])).containsExactly(new float[41]);
    }

    @Test
    void ngramsLongerThanTheSequenceForbidNothing() {
        assertThat(new NoRepeatNgram(4).process(new int[] {0, 0, 0}, new float[] {1, 2}))
                .containsExactly(1, 2);
        assertThat(new NoRepeatNgram(3).process(new int[] {0, 0, 0}, new float[] {1, 2}))
                .containsExactly(NONE, 2);
    }

    @Test
    void neutralValuesAddNoProcessor() {
        Processors processors = new Processors()
                .temperature(1)
                .topK(0)
                .topP(1)
                .minP(0)
                .typicalP(1)
                .repetitionPenalty(1)
                .noRepeatNgram(0);

        assertThat(processors.forSampling()).isEmpty();
        assertThat(processors.forSearch()).isEmpty();
    }

    @Test
    void theLastValueIsUsed() {
        assertThat(new Processors()
                        .topK(3)
                        .topK(5)
                        .temperature(2)
                        .temperature(1)
                        .forSampling())
                .containsExactly(new TopK(5));
    }

    @Test
    void searchRefusesSettingsOfSampling() {
        Processors processors = new Processors().topP(0.5).temperature(2).repetitionPenalty(2);

        assertThatThrownBy(processors::forSearch)
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("temperature and top-p cannot be used with greedy decoding or beam search");
        assertThat(new Processors().noRepeatNgram(2).repetitionPenalty(2).forSearch())
                .containsExactly(new RepetitionPenalty(2), new NoRepeatNgram(2));
    }

    @TestFactory
    Stream<DynamicTest> wrongValuesAreRefused() {
        return Stream.of(
                refused(() -> new Temperature(-1), "temperature must be above 0, got -1; use greedy decoding instead"),
                refused(() -> new Temperature(0), "temperature must be above 0, got 0; use greedy decoding instead"),
                refused(() -> new TopK(-2), "top-k must be at least 1, got -2; leave it out to keep every token"),
                refused(
                        () -> new Processors().topK(-2),
                        "top-k must be at least 1, got -2; leave it out to keep every token"),
                refused(() -> new TopP(1.5), "top-p must be from 0 to 1, got 1.5"),
                refused(() -> new TopP(Double.NaN), "top-p must be from 0 to 1, got NaN"),
                refused(() -> new MinP(-0.1), "min-p must be from 0 to 1, got -0.1"),
                refused(
                        () -> new TypicalP(0),
                        "typical-p must be above 0 and below 1, got 0; leave it out to keep every token"),
                refused(
                        () -> new TypicalP(1),
                        "typical-p must be above 0 and below 1, got 1; leave it out to keep every token"),
                refused(
                        () -> new RepetitionPenalty(0),
                        "repetition penalty must be above 0, got 0; 1 changes nothing, more discourages repetition"),
                refused(
                        () -> new NoRepeatNgram(-1),
                        "no-repeat-ngram must be at least 1, got -1; leave it out to allow repetition"));
    }

    @Test
    void wholeNumbersBelowABillionHaveNoDecimalPoint() {
        assertThat(Stream.of(0d, -1d, 0.5, 999_999_999d, -999_999_999d).map(Numbers::spelled))
                .containsExactly("0", "-1", "0.5", "999999999", "-999999999");
        assertThat(Stream.of(1e9, -1e9, Double.NaN, Double.NEGATIVE_INFINITY).map(Numbers::spelled))
                .containsExactly("1.0E9", "-1.0E9", "NaN", "-Infinity");
    }

    private static DynamicTest refused(Supplier<Object> wrong, String message) {
        return DynamicTest.dynamicTest(
                message,
                () -> assertThatThrownBy(wrong::get)
                        .isInstanceOf(TouchstoneException.class)
                        .hasMessage(message));
    }
}
