package dev.touchstone.bench;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Hugging Face's model as TorchScript, run by libtorch through DJL, with past keys and values:
 * {@code (ids, keys and values of each layer) -> (logits of the last token, keys and values of each layer)}.
 */
final class TorchEngine implements dev.touchstone.bench.Engine {
    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private final RandomGpt2 shape;

    TorchEngine(Path file, RandomGpt2 shape) {
        this.shape = shape;
        model = Model.newInstance("gpt2", Engine.getEngine("PyTorch").getEngineName());
        try {
            model.load(file.getParent(), file.getFileName().toString());
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException(file + ": PyTorch did not load it", e);
        }
        predictor = model.newPredictor(new NoopTranslator());
    }

    @Override
    public double prefill(int tokens) {
        return run(tokens, 0)[0];
    }

    @Override
    public double[] decode(int past, int steps) {
        return Arrays.copyOfRange(run(past, steps), 1, 1 + steps);
    }

    /** Seconds of the prompt and of each step. */
    private double[] run(int prompt, int steps) {
        double[] seconds = new double[1 + steps];
        NDManager before = model.getNDManager().newSubManager();
        NDList past = emptyCache(before);
        for (int step = 0; step <= steps; step++) {
            NDManager now = model.getNDManager().newSubManager();
            int[] ids = step == 0 ? Prompt.ids(0, prompt) : Prompt.ids(prompt + step - 1, 1);
            long start = System.nanoTime();
            past = forward(ids, past, now);
            seconds[step] = (System.nanoTime() - start) * 1e-9;
            before.close();
            before = now;
        }
        before.close();
        return seconds;
    }

    private NDList forward(int[] ids, NDList past, NDManager scope) {
        long[] row = Arrays.stream(ids).asLongStream().toArray();
        NDList input = new NDList(scope.create(row).reshape(1, row.length));
        input.addAll(past);
        try {
            NDList output = predictor.predict(input);
            output.attach(scope);
            output.get(0).toFloatArray(); // as a sampler does
            return output.subNDList(1);
        } catch (TranslateException e) {
            throw new IllegalStateException("PyTorch could not run a prompt of " + ids.length + " tokens", e);
        }
    }

    private NDList emptyCache(NDManager scope) {
        NDList past = new NDList();
        for (int i = 0; i < 2 * shape.layers(); i++) {
            long headSize = shape.channels() / shape.heads();
            past.add(scope.create(new Shape(1, shape.heads(), 0, headSize), DataType.FLOAT32));
        }
        return past;
    }
}
