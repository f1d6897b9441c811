package dev.touchstone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** With settings in a model's files, the ids equal those of Hugging Face's {@code generate}. */
class GenerationConfigGoldenTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path MODEL = Fixtures.root().resolve("tiny-gpt2");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> asHuggingFaceGenerates() throws IOException {
        JsonNode cases =
                JSON.readTree(Fixtures.root().resolve("generation-config.json").toFile());
        assertThat(cases).hasSizeGreaterThan(150);
        return IntStream.range(0, cases.size())
                .mapToObj(i -> DynamicTest.dynamicTest(
                        i + " " + cases.get(i).get("settings"), () -> check(cases.get(i), folder.resolve("" + i))));
    }

    private static void check(JsonNode expected, Path place) throws IOException {
        int[] prompt = ints(expected.get("prompt"));
        try (LanguageModel model = model(expected, place)) {
            Sampling sampling = expected.has("max_new_tokens")
                    ? Sampling.ofModel()
                            .maxNewTokens(expected.get("max_new_tokens").asInt())
                    : Sampling.ofModel();
            if (expected.has("error")) {
                assertThatThrownBy(() -> model.generate(prompt, sampling, step -> {}))
                        .isInstanceOf(TouchstoneException.class);
            } else if (expected.has("ids")) {
                assertThat(model.generate(prompt, sampling, step -> {}).ids())
                        .containsExactly(ints(expected.get("ids")));
            } else {
                assertThat(sampling.isRandom(model.checkpoint())).isTrue();
                double[] probabilities = firstProbabilities(model, sampling, prompt);
                for (int v = 0; v < probabilities.length; v++) {
                    assertThat(probabilities[v])
                            .isCloseTo(expected.get("probabilities").get(v).asDouble(), within(1e-5));
                }
            }
        }
    }

    private static double[] firstProbabilities(LanguageModel model, Sampling sampling, int[] prompt) {
        Settings settings = sampling.settings(model.checkpoint(), prompt);
        Tensor logits = model.logits(prompt);
        return Probabilities.softmax(settings.process(
                prompt, logits.rows(prompt.length - 1, prompt.length).data()));
    }

    private static LanguageModel model(JsonNode expected, Path place) throws IOException {
        Files.createDirectories(place);
        Files.copy(MODEL.resolve("model.safetensors"), place.resolve("model.safetensors"));
        Files.copy(MODEL.resolve("tokenizer.json"), place.resolve("tokenizer.json"));
        ObjectNode config =
                (ObjectNode) JSON.readTree(MODEL.resolve("config.json").toFile());
        ObjectNode settings = JSON.createObjectNode().put("eos_token_id", 1);
        settings.setAll((ObjectNode) expected.get("settings"));
        if (expected.get("file").asText().equals("config.json")) {
            config.setAll(settings);
        } else {
            Files.writeString(place.resolve("generation_config.json"), settings.toString());
        }
        Files.writeString(place.resolve("config.json"), config.toString());
        return LanguageModel.load(place, LoadOptions.defaults().threads(1));
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }
}
