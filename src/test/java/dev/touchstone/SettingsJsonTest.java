package dev.touchstone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.GenerationDefaults;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that are written as JSON and read again. */
class SettingsJsonTest {
    private static final LoadedModel MODEL = Checkpoint.storyteller(ReadOptions.DEFAULT);
    private static final int[] PROMPT = {5, 6, 7, 8};

    static Stream<Sampling> samplings() {
        return Stream.of(
                Sampling.greedy(),
                Sampling.random()
                        .temperature(0.1)
                        .topK(7)
                        .topP(0.3)
                        .minP(1e-9)
                        .typicalP(0.7)
                        .seed(Long.MIN_VALUE),
                Sampling.greedy()
                        .repetitionPenalty(1.3)
                        .encoderRepetitionPenalty(0.9)
                        .noRepeatNgram(3)
                        .presencePenalty(-2)
                        .frequencyPenalty(1e-5)
                        .logitBias(Map.of(3, -100.0, 12, 0.25))
                        .sequenceBias(Map.of(List.of(4, 5), -1.5, List.of(9), 2.0))
                        .badWords(List.of(List.of(1, 2), List.of(3))),
                Sampling.greedy()
                        .suppressTokens(9, 7)
                        .beginSuppressTokens(1)
                        .forcedEosIds(2)
                        .exponentialDecayLengthPenalty(5, 1.01)
                        .minNewTokens(2)
                        .maxNewTokens(17)
                        .eosIds(4, 3)
                        .stop("a", "\u00e9\n\""),
                Sampling.greedy().defaultNewTokens(5).slidingWindow(9).eosIds(),
                Sampling.greedy().beams(3).lengthPenalty(0.5).earlyStopping(EarlyStopping.NEVER),
                Sampling.greedy().beams(2).earlyStopping(EarlyStopping.TRUE));
    }

    @ParameterizedTest
    @MethodSource("samplings")
    void whatIsReadMeansWhatWasWritten(Sampling written) {
        String json = written.json(MODEL).toString();

        Sampling read = Sampling.ofJson(Json.object("settings", json));

        assertThat(read.json(MODEL)).hasToString(json);
        assertThat(read.inEffect(MODEL).stream().map(setting -> setting.name() + setting.value()))
                .containsAll(written.inEffect(MODEL).stream()
                        .map(setting -> setting.name() + setting.value())
                        .toList());
        assertThat(read.settings(MODEL, PROMPT))
                .usingRecursiveComparison()
                .ignoringFields(written.isRandom(MODEL) ? "none" : "seed")
                .isEqualTo(written.settings(MODEL, PROMPT));
    }

    @Test
    void theSettingsOfTheModelAreWrittenAndThoseOfAnotherAreIgnored() {
        LoadedModel sampling = withDefaults("{\"do_sample\": true, \"temperature\": 0.6, \"eos_token_id\": 11}");
        LoadedModel other = withDefaults("{\"repetition_penalty\": 1.5, \"max_new_tokens\": 3}");

        String json = Sampling.ofModel().seed(5).json(sampling).toString();

        assertThat(json)
                .isEqualTo("{\"do_sample\":true,\"temperature\":0.6,\"top_k\":50,\"eos_token_id\":[11],\"seed\":5}");
        assertThat(Sampling.ofJson(Json.object("settings", json)).json(other)).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"temperatur\": 1}",
                "{\"draft\": 1}",
                "{\"do_sample\": 1}",
                "{\"seed\": 1.5}",
                "{\"seed\": 9223372036854775808}",
                "{\"logit_bias\": {\"a\": 1}}",
                "{\"logit_bias\": {\"1\": \"a\"}}",
                "{\"logit_bias\": 1}",
                "{\"eos_token_id\": \"a\"}",
                "{\"repetition_penalty\": 0}",
                "{\"max_new_tokens\": -1}"
            })
    void wrongSettingsAreRefused(String json) {
        assertThatThrownBy(() -> Sampling.ofJson(Json.object("settings", json)))
                .isInstanceOf(TouchstoneException.class);
    }

    @Test
    void settingsThatAreObjectsOfJavaCannotBeWritten() {
        assertThatThrownBy(() -> Sampling.greedy().promptLookup(3).json(MODEL))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("settings with draft cannot be written as JSON");
    }

    private static LoadedModel withDefaults(String json) {
        GenerationDefaults defaults =
                new GenerationDefaults(Json.object("f", json).integers("eos_token_id"), Json.object("f", json), "f");
        return new LoadedModel(MODEL.text(), MODEL.transformer(), defaults);
    }
}
