package dev.touchstone.parity;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import dev.touchstone.parity.errors.Reference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a fixture's {@code model.pt} in PyTorch, in this process, on any prompt, in float32 and in float64. */
final class Oracle implements AutoCloseable {
    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private final List<String> taps;

    Oracle(Fixture fixture) {
        Path file = fixture.torchScript();
        try (Goldens any = new Goldens(fixture.cases().get(0))) {
            taps = any.taps();
        }
        model = Model.newInstance(fixture.name(), Engine.getEngine("PyTorch").getEngineName());
        try {
            model.load(file.getParent(), file.getFileName().toString());
        } catch (IOException | MalformedModelException | EngineException e) {
            model.close();
            throw new IllegalStateException(file + ": the live oracle did not load", e);
        }
        predictor = model.newPredictor(new NoopTranslator());
    }

    /** The taps that PyTorch computes for a prompt. */
    Reference run(int[] ids) {
        try (var scope = model.getNDManager().newSubManager()) {
            long[] row = Arrays.stream(ids).asLongStream().toArray();
            NDList outputs = predictor.predict(new NDList(scope.create(row).reshape(1, row.length)));
            outputs.attach(scope);
            if (outputs.size() != 2 * taps.size()) {
                throw new IllegalStateException(
                        "the oracle gave " + outputs.size() + " tensors for " + taps.size() + " taps");
            }
            Map<String, Tap> values = new LinkedHashMap<>();
            for (int i = 0; i < taps.size(); i++) {
                NDArray float32 = outputs.get(i);
                NDArray truth = outputs.get(taps.size() + i);
                int[] shape = Arrays.stream(float32.getShape().getShape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                values.put(taps.get(i), new Tap(shape, float32.toFloatArray(), truth.toDoubleArray()));
            }
            return new Outputs(ids, values);
        } catch (TranslateException e) {
            throw new IllegalStateException("the oracle could not run " + Arrays.toString(ids), e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }

    private record Tap(int[] shape, float[] float32, double[] truth) {}

    private record Outputs(int[] ids, Map<String, Tap> values) implements Reference {
        @Override
        public List<String> taps() {
            return List.copyOf(values.keySet());
        }

        @Override
        public int[] shape(String tap) {
            return values.get(tap).shape;
        }

        @Override
        public double[] float64(String tap) {
            return values.get(tap).truth;
        }

        @Override
        public float[] float32(String tap) {
            return values.get(tap).float32;
        }
    }
}
