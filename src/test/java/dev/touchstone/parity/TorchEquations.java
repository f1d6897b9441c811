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
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections.Fused;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * GPT-2 once more, after Hugging Face's {@code modeling_gpt2.py}, in the operations of libtorch. Beside each tap stands the
 * size of what its operation added up: rounding errors are in proportion to that, however much of it cancels.
 */
final class TorchEquations {
    private final NDManager manager;
    private final DataType type;
    private final RandomGpt2 drawn;
    private final Map<String, NDArray> taps = new LinkedHashMap<>();
    private final Map<String, Double> sizes = new LinkedHashMap<>();

    private TorchEquations(NDManager manager, DataType type, RandomGpt2 drawn) {
        this.manager = manager;
        this.type = type;
        this.drawn = drawn;
    }

    /** What PyTorch makes of a drawn model's prompt, in float32 and in float64. */
    static Answers ask(RandomGpt2 drawn, Transformer model) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            TorchEquations float32 = new TorchEquations(manager, DataType.FLOAT32, drawn);
            TorchEquations truth = new TorchEquations(manager, DataType.FLOAT64, drawn);
            float32.run(model);
            truth.run(model);
            return Answers.of(drawn.prompt(), float32.taps, truth.taps, truth.sizes);
        }
    }

    private void run(Transformer model) {
        int[] ids = drawn.prompt();
        int[] places = IntStream.range(0, ids.length).toArray();
        NDArray token = exact("wte", rows(ids, model.stem().wte().table()));
        NDArray place = exact(
                "wpe", rows(places, ((PositionTable) model.stem().wpe()).rows().table()));
        NDArray x = tap("drop", token.add(place), token.abs().add(place.abs()));
        for (Block block : model.blocks()) {
            x = block(x, block);
        }
        product(
                "logits",
                norm(x, x.abs(), model.lnF()),
                matrix(model.head().weight()),
                manager.zeros(new Shape(1), type));
    }

    private NDArray block(NDArray x, Block block) {
        NDArray attention = attention(norm(x, x.abs(), block.ln1()), block.attn());
        NDArray sum = x.add(attention);
        NDArray size = x.abs().add(attention.abs());
        NDArray mlp = mlp(norm(sum, size, block.ln2()), block.mlp());
        return tap(block.name(), sum.add(mlp), size.add(mlp.abs()));
    }

    private NDArray attention(NDArray x, Attention attn) {
        long T = x.getShape().get(0);
        long C = x.getShape().get(1);
        NDArray qkv = linear(x, ((Fused) attn.projections()).linear());
        NDArray q = heads(passed(attn.name() + ".q", qkv.get(":, :{}", C)));
        NDArray k = heads(passed(attn.name() + ".k", qkv.get(":, {}:{}", C, 2 * C)));
        NDArray v = heads(passed(attn.name() + ".v", qkv.get(":, {}:", 2 * C)));
        NDArray size = scores(q.abs(), k.abs(), attn);
        NDArray scores = tap(attn.name() + ".scores", scores(q, k, attn).add(mask(T)), size);
        // An error of a score is one of a probability's logarithm.
        NDArray probs = tap(attn.name() + ".probs", scores.softmax(-1), size.add(1));
        NDArray context = tap(attn.name() + ".context", merge(probs.matMul(v)), merge(probs.matMul(v.abs())));
        return passed(attn.name(), linear(context, attn.output()));
    }

    /** (H, T, D), (H, T, D) -> (H, T, T) */
    private NDArray scores(NDArray q, NDArray k, Attention attn) {
        return q.matMul(k.transpose(0, 2, 1)).mul(drawn.scale(attn.layer()));
    }

    /** (T, C) -> (H, T, D) */
    private NDArray heads(NDArray x) {
        int heads = drawn.sizes().heads();
        return x.reshape(x.getShape().get(0), heads, drawn.sizes().headSize()).transpose(1, 0, 2);
    }

    /** (H, T, D) -> (T, C) */
    private NDArray merge(NDArray x) {
        return x.transpose(1, 0, 2).reshape(x.getShape().get(1), drawn.sizes().channels());
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
        NDArray up = linear(x, mlp.up());
        return passed(mlp.name(), linear(tap(mlp.activation().name(), activation(up), up.abs()), mlp.down()));
    }

    private NDArray activation(NDArray x) {
        return switch (drawn.activation()) {
            case RELU -> x.getNDArrayInternal().relu();
            case GELU -> x.getNDArrayInternal().gelu();
            case SILU -> x.div(x.neg().exp().add(1));
            case GELU_NEW ->
                x.add(x.pow(3).mul(0.044715))
                        .mul(Math.sqrt(2 / Math.PI))
                        .tanh()
                        .add(1)
                        .mul(x.mul(0.5));
            default -> throw new IllegalArgumentException(drawn.activation() + " is not in random models");
        };
    }

    /** The mean cancels, so what counts is the size of what {@code x} was made from, and not its deviations'. */
    private NDArray norm(NDArray x, NDArray size, Norm layer) {
        LayerNorm norm = (LayerNorm) layer;
        long C = norm.gain().length;
        NDArray gain = array(norm.gain(), C);
        NDArray bias = array(norm.bias(), C);
        NDArray y = x.getNDArrayInternal()
                .layerNorm(x, new Shape(C), gain, bias, (float) norm.epsilon())
                .singletonOrThrow();
        int[] row = {1};
        NDArray centred = x.sub(x.mean(row, true));
        NDArray std = centred.square().mean(row, true).add(norm.epsilon()).sqrt();
        NDArray length = size.square().mean(row, true).sqrt().div(std);
        NDArray deviation = centred.abs().div(std).mul(length.add(1));
        return tap(
                norm.name(),
                y,
                size.div(std).add(length).add(deviation).mul(gain.abs()).add(bias.abs()));
    }

    private NDArray linear(NDArray x, Linear linear) {
        return product(linear.name(), x, matrix(linear.weight()), array(linear.bias(), linear.bias().length));
    }

    private NDArray product(String name, NDArray x, NDArray weight, NDArray bias) {
        NDArray size = x.abs().matMul(weight.abs()).add(bias.abs());
        return tap(name, x.matMul(weight).add(bias), size);
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

    /** What is looked up. */
    private NDArray exact(String name, NDArray value) {
        return tap(name, value, value.zerosLike());
    }

    /** What is a part of another tap, or all of it, and of which golden input is rounded. */
    private NDArray passed(String name, NDArray value) {
        return tap(name, value, value.abs());
    }

    private NDArray tap(String name, NDArray value, NDArray size) {
        taps.put(name, value);
        sizes.put(name, size.max().toType(DataType.FLOAT64, false).getDouble());
        return value;
    }
}
