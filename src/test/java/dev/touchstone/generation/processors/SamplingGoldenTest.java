package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import dev.touchstone.support.Fixtures;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The processors keep the same tokens with the same probabilities as Hugging Face's, for the logits in sampling.json. */
class SamplingGoldenTest {
    /** Much larger than rounding errors of scores, much smaller than the effect of one more token. */
    private static final double CLOSE = 1e-6;

    private static final Map<String, BiConsumer<Processors, JsonNode>> SETTERS = Map.of(
            "temperature", (processors, value) -> processors.temperature(value.asDouble()),
            "top_k", (processors, value) -> processors.topK(value.asInt()),
            "top_p", (processors, value) -> processors.topP(value.asDouble()),
            "min_p", (processors, value) -> processors.minP(value.asDouble()),
            "typical_p", (processors, value) -> processors.typicalP(value.asDouble()),
            "repetition_penalty", (processors, value) -> processors.repetitionPenalty(value.asDouble()),
            "no_repeat_ngram_size", (processors, value) -> processors.noRepeatNgram(value.asInt()));

    @TestFactory
    Stream<DynamicTest> givesHuggingFacesProbabilities() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(Fixtures.root().resolve("sampling.json").toFile());
        assertThat(cases).as("fixtures/sampling.json has no case").isNotEmpty();
        return StreamSupport.stream(cases.spliterator(), false)
                .map(golden -> DynamicTest.dynamicTest(golden.required("name").asText(), () -> agrees(golden)));
    }

    private static void agrees(JsonNode golden) {
        Processors processors = new Processors();
        golden.required("settings").properties().forEach(setting -> {
            assertThat(SETTERS).as("supported settings").containsKey(setting.getKey());
            SETTERS.get(setting.getKey()).accept(processors, setting.getValue());
        });
        Settings settings = Settings.greedy(1, Set.of(), Window.error(64)).withProcessors(processors.forSampling());
        double[] scores = numbers(golden.required("logits"));
        float[] logits = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            logits[v] = (float) scores[v];
        }
        int[] ids = StreamSupport.stream(golden.required("input_ids").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();

        double[] actual = Probabilities.softmax(settings.process(ids, logits));

        double[] expected = numbers(golden.required("probabilities"));
        assertThat(actual).hasSameSizeAs(expected);
        for (int v = 0; v < expected.length; v++) {
            assertThat(actual[v] > 0).as("token %s is kept", v).isEqualTo(expected[v] > 0);
            assertThat(actual[v]).as("token %s", v).isCloseTo(expected[v], within(CLOSE));
        }
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(SamplingGoldenTest::number)
                .toArray();
    }

    private static double number(JsonNode number) {
        if (number.isNumber()) {
            return number.asDouble();
        }
        return switch (number.asText()) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> throw new AssertionError(number + " is not a number");
        };
    }
}
