package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.TouchstoneException;
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
    void whatIsRuledOutStaysRuledOutAndTheOnlyOtherTokenStays() {
        assertThat(FILTERS)
                .allSatisfy(filter -> assertThat(filter.process(new int[] {0}, new float[] {NONE, 2, NONE}))
                        .containsExactly(NONE, 2, NONE));
    }

    /** Hugging Face's softmax is NaN there, and no comparison with NaN removes anything. */
    @Test
    void anInfiniteScoreTurnsTheFiltersByProbabilityOff() {
        float[] scores = {1, ALL, 2};

        for (LogitsProcessor filter : List.of(new TopP(0.1), new MinP(0.9), new TypicalP(0.1))) {
            assertThat(filter.process(new int[] {0}, scores)).as("%s", filter).containsExactly(1, ALL, 2);
        }
        assertThat(new TopK(1).process(new int[] {0}, scores)).containsExactly(NONE, ALL, NONE);
    }

    @Test
    void infiniteScoresTakeTheRepetitionPenalty() {
        assertThat(new RepetitionPenalty(2).process(new int[] {0, 1, 2}, new float[] {NONE, ALL, 0, 3}))
                .containsExactly(NONE, ALL, 0, 3);
    }

    @Test
    void aTieAtTheBorderOfTopKStaysWhole() {
        assertThat(new TopK(2).process(new int[] {0}, new float[] {1, 2, 1, 1, 0}))
                .containsExactly(1, 2, 1, 1, NONE);
    }

    @Test
    void ofEqualsTopPDropsTheFirst() {
        assertThat(new TopP(0.5).process(new int[] {0}, new float[] {1, 1, 1, 1}))
                .containsExactly(NONE, NONE, 1, 1);
    }

    @Test
    void ngramsLongerThanTheSequenceForbidNothing() {
        assertThat(new NoRepeatNgram(4).process(new int[] {0, 0, 0}, new float[] {1, 2}))
                .containsExactly(1, 2);
        assertThat(new NoRepeatNgram(3).process(new int[] {0, 0, 0}, new float[] {1, 2}))
                .containsExactly(NONE, 2);
    }

    @Test
    void valuesThatChangeNothingAreLeftOut() {
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
    void theLastValueCounts() {
        assertThat(new Processors()
                        .topK(3)
                        .topK(5)
                        .temperature(2)
                        .temperature(1)
                        .forSampling())
                .containsExactly(new TopK(5));
    }

    @Test
    void searchRefusesWhatShapesADistribution() {
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
                refused(() -> new Temperature(-1), "temperature must be above 0, got -1; for 0 use --greedy"),
                refused(() -> new Temperature(0), "temperature must be above 0, got 0; for 0 use --greedy"),
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
                        () -> new RepetitionPenalty(0),
                        "repetition penalty must be above 0, got 0; 1 changes nothing, more discourages repetition"),
                refused(
                        () -> new NoRepeatNgram(-1),
                        "no-repeat-ngram must be at least 1, got -1; leave it out to allow repetition"));
    }

    private static DynamicTest refused(Supplier<Object> wrong, String message) {
        return DynamicTest.dynamicTest(
                message,
                () -> assertThatThrownBy(wrong::get)
                        .isInstanceOf(TouchstoneException.class)
                        .hasMessage(message));
    }
}
