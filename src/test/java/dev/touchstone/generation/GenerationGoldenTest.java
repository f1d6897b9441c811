package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.support.Fixtures;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Ids, text and finish reason of every case of every fixture equal those of Hugging Face's {@code generate}. */
class GenerationGoldenTest {
    private static final Kernels KERNELS = KernelChoice.best(1, hint -> {});
    private static final Set<String> KNOWN = Set.of(
            "max_new_tokens",
            "do_sample",
            "num_beams",
            "length_penalty",
            "early_stopping",
            "repetition_penalty",
            "no_repeat_ngram_size",
            "eos_token_id",
            "pad_token_id",
            "use_cache",
            "window");

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    @TestFactory
    Stream<DynamicTest> generatesWhatHuggingFaceGenerates() {
        return Fixtures.all().stream().flatMap(fixture -> {
            JsonNode cases = fixture.json("generation.json");
            assertThat(cases)
                    .as("%s/generation.json has no case", fixture.folder())
                    .isNotEmpty();
            return StreamSupport.stream(cases.spliterator(), false)
                    .map(golden -> DynamicTest.dynamicTest(
                            fixture.name() + ": " + golden.required("name").asText(),
                            () -> generates(Fixtures.model(fixture), golden)));
        });
    }

    private static void generates(LoadedModel model, JsonNode golden) {
        int[] prompt = ints(golden.required("prompt_ids"));
        JsonNode config = golden.required("settings");
        Settings settings = settings(config, model);
        // With a cache and vector kernels, for speed. Other tests compare the bits with those of the naive executor.
        Executor executor = new CachedExecutor(model.transformer(), KERNELS);

        Generation generation = config.path("num_beams").asInt(1) > 1
                ? new BeamSearch(executor, model.tokenizer()).generate(prompt, settings, beams(config))
                : new Generator(executor, model.tokenizer()).generate(prompt, settings, step -> {});

        int[] ids = generation.ids();
        assertThat(ids).isEqualTo(ints(golden.required("ids")));
        assertThat(generation.finishReason())
                .hasToString(golden.required("finish_reason").asText());
        assertThat(model.tokenizer().decode(ids))
                .isEqualTo(golden.required("text").asText());
        boolean eos = generation.finishReason() == FinishReason.EOS;
        assertThat(generation.text())
                .isEqualTo(model.tokenizer().decode(eos ? Arrays.copyOf(ids, ids.length - 1) : ids));
    }

    private static Settings settings(JsonNode config, LoadedModel model) {
        for (Iterator<String> names = config.fieldNames(); names.hasNext(); ) {
            assertThat(KNOWN).as("supported settings").contains(names.next());
        }
        assertThat(config.path("do_sample").asBoolean(false))
                .as("a golden must not be sampled")
                .isFalse();
        Set<Integer> eosIds = new TreeSet<>(model.generation().eosIds());
        if (config.hasNonNull("eos_token_id")) {
            JsonNode eos = config.get("eos_token_id");
            eosIds = new TreeSet<>();
            for (int id : eos.isArray() ? ints(eos) : new int[] {eos.asInt()}) {
                eosIds.add(id);
            }
        }
        List<LogitsProcessor> processors = new Processors()
                .repetitionPenalty(config.path("repetition_penalty").asDouble(1))
                .noRepeatNgram(config.path("no_repeat_ngram_size").asInt(0))
                .forSearch();
        int positions = model.transformer().shape().positions();
        boolean slides = config.path("window").asText().equals("slide");
        Window window = slides ? Window.slide(positions, 1) : Window.error(positions);
        return Settings.greedy(config.required("max_new_tokens").asInt(), eosIds, window)
                .withProcessors(processors);
    }

    private static Beams beams(JsonNode config) {
        String early = config.path("early_stopping").asText("false").toUpperCase(Locale.ROOT);
        return new Beams(
                config.required("num_beams").asInt(),
                config.path("length_penalty").asDouble(1),
                Beams.EarlyStopping.valueOf(early));
    }

    private static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.required(i).asInt();
        }
        return ints;
    }
}
