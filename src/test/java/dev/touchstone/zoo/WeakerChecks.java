package dev.touchstone.zoo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Parity;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.KillMatrix.Gates;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Whether a bug passes weaker checks that other projects use: equal text, equal argmax, or close logits. */
final class WeakerChecks {
    private static final Map<String, Tensor> EXPECTED = new ConcurrentHashMap<>();

    private WeakerChecks() {}

    static Gates run(ForwardBug bug) {
        Fixture fixture = Fixtures.named(bug.fixture());
        Transformer model = Fixtures.model(fixture).transformer();
        Parity.Engine bugged = bug.plant().into(model);
        int vocabulary = Math.min(200, model.shape().vocabulary());
        int[] ids = IntStream.range(0, 30).map(i -> i * 37 % vocabulary).toArray();
        try {
            Tensor all = EXPECTED.computeIfAbsent(
                    fixture.name(), name -> model.forward(ids, new ScalarKernels(), Trace.OFF));
            Tensor actual = bugged.forward(ids, Trace.OFF);
            Tensor expected = all.rows(all.rows() - actual.rows(), all.rows());
            return new Gates(
                    sameText(fixture, bugged),
                    IntStream.range(0, actual.rows()).allMatch(t -> argmax(actual, t) == argmax(expected, t)),
                    sum(actual, expected, (a, e) -> (a - e) * (a - e)) / sum(actual, expected, (a, e) -> e * e) < 1e-2,
                    sum(actual, expected, (a, e) -> a * e)
                                    / Math.sqrt(sum(actual, expected, (a, e) -> a * a)
                                            * sum(actual, expected, (a, e) -> e * e))
                            > 0.9999,
                    IntStream.range(0, actual.size())
                            .allMatch(i -> Math.abs(actual.data()[i] - expected.data()[i]) <= 1e-2));
        } catch (RuntimeException e) {
            return new Gates(false, false, false, false, false); // every check detects an exception
        }
    }

    /**
     * Whether greedy decoding gives Hugging Face's text for all greedy cases. All steps are computed in one pass: up to the
     * first step that differs, each step has the same input as in token-by-token decoding.
     */
    private static boolean sameText(Fixture fixture, Parity.Engine engine) {
        for (JsonNode generation : fixture.json("generation.json")) {
            if (!generation.get("name").asText().startsWith("greedy")) {
                continue;
            }
            int[] prompt = ints(generation.get("prompt_ids"));
            int[] expected = ints(generation.get("ids"));
            int[] ids = Arrays.copyOf(prompt, prompt.length + expected.length - 1);
            System.arraycopy(expected, 0, ids, prompt.length, expected.length - 1);
            Tensor logits = engine.forward(ids, Trace.OFF);
            for (int back = 1; back <= Math.min(expected.length, logits.rows()); back++) {
                if (argmax(logits, logits.rows() - back) != expected[expected.length - back]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }

    private static int argmax(Tensor logits, int row) {
        return Probabilities.argmax(logits.rows(row, row + 1).data());
    }

    @FunctionalInterface
    private interface Term {
        double of(double actual, double expected);
    }

    private static double sum(Tensor actual, Tensor expected, Term term) {
        double sum = 0;
        for (int i = 0; i < actual.size(); i++) {
            sum += term.of(actual.data()[i], expected.data()[i]);
        }
        return sum;
    }
}
