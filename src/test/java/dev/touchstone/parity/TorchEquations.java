package dev.touchstone.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections.Fused;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** GPT-2 once more, after Hugging Face's {@code modeling_gpt2.py}, in the operations of libtorch. */
final class TorchEquations {
    private final NDManager manager;
    private final DataType type;
    private final RandomGpt2 drawn;
    private final Map<String, NDArray> taps = new LinkedHashMap<>();

    private TorchEquations(NDManager manager, DataType type, RandomGpt2 drawn) {
        this.manager = manager;
        this.type = type;
        this.drawn = drawn;
    }

    /** What PyTorch makes of a drawn model's prompt, in float32 and in float64. */
    static Reference ask(RandomGpt2 drawn, Transformer model) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> float32 = new TorchEquations(manager, DataType.FLOAT32, drawn).run(model);
            Map<String, NDArray> truth = new TorchEquations(manager, DataType.FLOAT64, drawn).run(model);
            Map<String, int[]> shapes = new LinkedHashMap<>();
            Map<String, float[]> floats = new LinkedHashMap<>();
            Map<String, double[]> doubles = new LinkedHashMap<>();
            float32.forEach((tap, value) -> {
                shapes.put(
                        tap,
                        Arrays.stream(value.getShape().getShape())
                                .mapToInt(Math::toIntExact)
                                .toArray());
                floats.put(tap, value.toFloatArray());
                doubles.put(tap, truth.get(tap).toDoubleArray());
            });
            return new Answers(drawn.prompt(), shapes, floats, doubles);
        }
    }

    private Map<String, NDArray> run(Transformer model) {
        int[] ids = drawn.prompt();
        NDArray x = tap("wte", rows(ids, model.wte().table()));
        x = x.add(tap(
                "wpe",
                rows(IntStream.range(0, ids.length).toArray(), model.wpe().table())));
        x = tap("drop", x);
        for (Block block : model.blocks()) {
            x = x.add(attention(norm(x, block.ln1()), block.attn()));
            x = tap(block.name(), x.add(mlp(norm(x, block.ln2()), block.mlp())));
        }
        tap("logits", norm(x, model.lnF()).matMul(matrix(model.head())));
        return taps;
    }

    private NDArray attention(NDArray x, Attention attn) {
        long T = x.getShape().get(0);
        long C = x.getShape().get(1);
        NDArray qkv = linear(x, ((Fused) attn.projections()).linear());
        NDArray q = tap(attn.name() + ".q", qkv.get(":, :{}", C));
        NDArray k = tap(attn.name() + ".k", qkv.get(":, {}:{}", C, 2 * C));
        NDArray v = tap(attn.name() + ".v", qkv.get(":, {}:", 2 * C));
        NDArray scores = heads(q).matMul(heads(k).transpose(0, 2, 1)).mul(drawn.scale(attn.layer()));
        NDArray probs = tap(
                attn.name() + ".probs",
                tap(attn.name() + ".scores", scores.add(mask(T))).softmax(-1));
        NDArray context = probs.matMul(heads(v)).transpose(1, 0, 2).reshape(T, C);
        return tap(attn.name(), linear(tap(attn.name() + ".context", context), attn.output()));
    }

    /** (T, C) -> (H, T, D) */
    private NDArray heads(NDArray x) {
        int heads = drawn.sizes().heads();
        return x.reshape(x.getShape().get(0), heads, drawn.sizes().headSize()).transpose(1, 0, 2);
    }

    /** 0 where a token may look, {@code -inf} beyond. (T, T) */
    private NDArray mask(long T) {
        float[] mask = new float[(int) (T * T)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % T <= i / T ? 0 : Float.NEGATIVE_INFINITY;
        }
        return array(mask, T, T);
    }

    private NDArray mlp(NDArray x, Mlp mlp) {
        NDArray h = tap(mlp.activation().name(), activation(linear(x, mlp.up())));
        return tap(mlp.name(), linear(h, mlp.down()));
    }

    private NDArray activation(NDArray x) {
        return switch (drawn.activation()) {
            case RELU -> x.getNDArrayInternal().relu();
            case GELU -> x.getNDArrayInternal().gelu();
            case GELU_NEW ->
                x.add(x.pow(3).mul(0.044715))
                        .mul(Math.sqrt(2 / Math.PI))
                        .tanh()
                        .add(1)
                        .mul(x.mul(0.5));
        };
    }

    private NDArray norm(NDArray x, LayerNorm norm) {
        long C = norm.gain().length;
        NDArray gain = array(norm.gain(), C);
        NDArray bias = array(norm.bias(), C);
        return tap(
                norm.name(),
                x.getNDArrayInternal()
                        .layerNorm(x, new Shape(C), gain, bias, (float) norm.epsilon())
                        .singletonOrThrow());
    }

    private NDArray linear(NDArray x, Linear linear) {
        return tap(linear.name(), x.matMul(matrix(linear.weight())).add(array(linear.bias(), linear.bias().length)));
    }

    private NDArray rows(int[] ids, Matrix table) {
        NDArray places = manager.create(Arrays.stream(ids).asLongStream().toArray());
        return places.getNDArrayInternal()
                .embedding(places, matrix(table).transpose(), SparseFormat.DENSE)
                .singletonOrThrow();
    }

    private NDArray matrix(Matrix matrix) {
        float[] rows = new float[matrix.inputs() * matrix.outputs()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = matrix.at(i / matrix.outputs(), i % matrix.outputs());
        }
        return array(rows, matrix.inputs(), matrix.outputs());
    }

    private NDArray array(float[] data, long... shape) {
        return manager.create(data, new Shape(shape)).toType(type, false);
    }

    private NDArray tap(String name, NDArray value) {
        taps.put(name, value);
        return value;
    }

    private record Answers(
            int[] ids, Map<String, int[]> shapes, Map<String, float[]> floats, Map<String, double[]> doubles)
            implements Reference {
        @Override
        public List<String> taps() {
            return List.copyOf(floats.keySet());
        }

        @Override
        public int[] shape(String tap) {
            return shapes.get(tap).clone();
        }

        @Override
        public double[] truth(String tap) {
            return doubles.get(tap);
        }

        @Override
        public float[] float32(String tap) {
            return floats.get(tap);
        }
    }
}
