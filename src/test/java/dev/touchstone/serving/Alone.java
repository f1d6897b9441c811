package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Step;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Head;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code generate} returns for one request without an engine. */
record Alone(Generation generation, List<Step> steps, float[] promptLogits, float[] hiddenStates) {
    static Alone of(Request request, Transformer model, Tokenizer tokenizer) {
        List<Step> steps = new ArrayList<>();
        Generator generator = new Generator(new CachedExecutor(model, new ScalarKernels()), tokenizer);
        Generation generation = generator.generate(request.prompt(), request.settings(), steps::add);
        Map<String, Tensor> taps = new LinkedHashMap<>();
        if (request.wanted() != Wanted.TOKENS) {
            model.forward(request.prompt(), new ScalarKernels(), taps::put);
        }
        return new Alone(
                generation,
                steps,
                request.wanted() == Wanted.PROMPT_LOGITS ? taps.get(Head.LOGITS).data() : new float[0],
                request.wanted() == Wanted.HIDDEN_STATES
                        ? taps.get(model.lnF().name()).data()
                        : new float[0]);
    }

    /** Compares everything bit for bit; of a request that did not finish, what it had got until then. */
    void assertEquals(Recorder recorder) {
        End end = recorder.end();
        int count = recorder.steps.size();
        if (end.outcome() == Outcome.FINISHED) {
            assertThat(count).isEqualTo(steps.size());
            assertThat(end.generation().text()).isEqualTo(generation.text());
            assertThat(end.generation().finishReason()).isEqualTo(generation.finishReason());
        }
        assertThat(end.generation().promptIds()).isEqualTo(generation.promptIds());
        assertThat(end.generation().ids()).isEqualTo(Arrays.copyOf(generation.ids(), count));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Step expected = steps.get(i);
            Step actual = recorder.steps.get(i);
            assertThat(actual.id()).isEqualTo(expected.id());
            assertThat(actual.text()).isEqualTo(expected.text());
            assertThat(Arrays.equals(actual.logits(), expected.logits())).isTrue();
            assertThat(Arrays.equals(actual.scores(), expected.scores())).isTrue();
            text.append(actual.text());
        }
        assertThat(end.generation().text()).isEqualTo(text.toString());
        assertRows(recorder.promptLogits, promptLogits, end);
        assertRows(recorder.hiddenStates, hiddenStates, end);
    }

    private static void assertRows(List<float[]> rows, float[] expected, End end) {
        int at = 0;
        for (float[] row : rows) {
            assertThat(Arrays.equals(row, Arrays.copyOfRange(expected, at, at + row.length)))
                    .isTrue();
            at += row.length;
        }
        if (end.outcome() == Outcome.FINISHED) {
            assertThat(at).isEqualTo(expected.length);
        }
    }
}
