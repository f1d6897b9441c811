package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Request.Wanted;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EngineTest {
    private static final LanguageModel MODEL = LanguageModel.storyteller();
    private static final Sampling SAMPLING =
            Sampling.random().temperature(0.8).topP(0.9).seed(3).maxNewTokens(12);

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static Request request(String text, Sampling sampling, Wanted wanted) {
        int[] prompt = MODEL.tokenizer().encode(text);
        return new Request("client", prompt, MODEL.settings(prompt, sampling), wanted);
    }

    @Test
    void manyRequestsGetWhatEachGetsAlone() {
        List<String> texts =
                List.of("The king", "Once upon a time there was", "A fox and a", "There was once a poor man");
        List<Recorder> recorders = new ArrayList<>();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            for (String text : texts) {
                Recorder recorder = new Recorder();
                recorders.add(recorder);
                engine.submit(request(text, SAMPLING, Wanted.TOKENS), recorder);
            }
            recorders.forEach(recorder -> recorder.end());
        }

        for (int i = 0; i < texts.size(); i++) {
            List<Step> alone = new ArrayList<>();
            Generation expected = MODEL.generate(texts.get(i), SAMPLING, alone::add);
            End end = recorders.get(i).end();
            assertThat(end.outcome()).isEqualTo(Outcome.FINISHED);
            assertThat(end.generation()).usingRecursiveComparison().isEqualTo(expected);
            assertThat(recorders.get(i).steps).usingRecursiveComparison().isEqualTo(alone);
        }
    }

    @Test
    void theLogitsOfEachPromptTokenAreThoseOfOnePass() {
        Recorder recorder = new Recorder();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            engine.submit(request("There was once", Sampling.greedy().maxNewTokens(0), Wanted.PROMPT_LOGITS), recorder);
            assertThat(recorder.end().generation().text()).isEmpty();
        }

        float[] expected =
                MODEL.logits(MODEL.tokenizer().encode("There was once")).data();
        assertThat(recorder.promptLogits.stream().flatMap(row -> floats(row).stream()))
                .containsExactlyElementsOf(floats(expected));
    }

    private static List<Float> floats(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    @Test
    void aCancelledRequestEndsOnce() {
        Recorder recorder = new Recorder();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            Settings settings = request("The king", Sampling.greedy().maxNewTokens(200), Wanted.TOKENS)
                    .settings();
            Ticket ticket = engine.submit(new Request("client", new int[] {5}, settings), recorder);
            ticket.cancel();
            assertThat(recorder.end().outcome()).isEqualTo(Outcome.CANCELLED);
            ticket.cancel();
        }
    }
}
