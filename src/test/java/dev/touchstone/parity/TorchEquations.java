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
 * GPT-2 after Hugging Face's {@code modeling_gpt2.py}, in operations of libtorch. For each tap it also computes the sum of the
 * magnitudes of the terms that the operation adds, because rounding errors are proportional to it even if the terms cancel.
 */
final class TorchEquations {
    private final NDManager manager;
    private final DataType type;
    private final RandomGpt2 random;
    private final Map<String, NDArray> taps = new LinkedHashMap<>();
    private final Map<String, Double> sizes = new LinkedHashMap<>();

    private TorchEquations(NDManager manager, DataType type, RandomGpt2 random) {
        this.manager = manager;
        this.type = type;
        this.random = random;
    }

    /** Runs a random model on its prompt in float32 and in float64. */
    static TorchReference run(RandomGpt2 random, Transformer model) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            TorchEquations float32 = new TorchEquations(manager, DataType.FLOAT32, random);
            TorchEquations truth = new TorchEquations(manager, DataType.FLOAT64, random);
            float32.run(model);
            truth.run(model);
            return TorchReference.of(random.prompt(), float32.taps, truth.taps, truth.sizes);
        }
    }

    private void run(Transformer model) {
        int[] ids = random.prompt();
        int[] positions = IntStream.range(0, ids.length).toArray();
        NDArray token = exact("wte", rows(ids, model.stem().wte().table()));
        NDArray position = exact(
                "wpe",
                rows(positions, ((PositionTable) model.stem().wpe()).rows().table()));
        NDArray x = tap("drop", token.add(position), token.abs().add(position.abs()));
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
        NDArray mlp = mlp(norm(sum, size, block.ln2()), (Mlp) block.mlp());
        return tap(block.name(), sum.add(mlp), size.add(mlp.abs()));
    }

    private NDArray attention(NDArray x, Attention attn) {
        long T = x.getShape().get(0);
        long C = x.getShape().get(1);
        NDArray qkv = linear(x, ((Fused) attn.projections()).linear());
        NDArray q = heads(copied(attn.name() + ".q", qkv.get(":, :{}", C)));
        NDArray k = heads(copied(attn.name() + ".k", qkv.get(":, {}:{}", C, 2 * C)));
        NDArray v = heads(copied(attn.name() + ".v", qkv.get(":, {}:", 2 * C)));
        NDArray size = scores(q.abs(), k.abs(), attn);
        NDArray scores = tap(attn.name() + ".scores", scores(q, k, attn).add(mask(T)), size);
        // An error of a score is an error of the logarithm of a probability.
        NDArray probs = tap(attn.name() + ".probs", scores.softmax(-1), size.add(1));
        NDArray context = tap(attn.name() + ".context", merge(probs.matMul(v)), merge(probs.matMul(v.abs())));
        return copied(attn.name(), linear(context, attn.output()));
    }

    /** (H, T, D), (H, T, D) -> (H, T, T) */
    private NDArray scores(NDArray q, NDArray k, Attention attn) {
        return q.matMul(k.transpose(0, 2, 1)).mul(random.scale(attn.layer()));
    }

    /** (T, C) -> (H, T, D) */
    private NDArray heads(NDArray x) {
        int heads = random.sizes().heads();
        return x.reshape(x.getShape().get(0), heads, random.sizes().headSize()).transpose(1, 0, 2);
    }

    /** (H, T, D) -> (T, C) */
    private NDArray merge(NDArray x) {
        return x.transpose(1, 0, 2).reshape(x.getShape().get(1), random.sizes().channels());
    }

    /** The causal mask: 0 for visible positions, {@code -inf} for later ones. (T, T) */
    private NDArray mask(long T) {
        float[] mask = new float[(int) (T * T)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % T <= i / T ? 0 : Float.NEGATIVE_INFINITY;
        }
        return array(mask, T, T);
    }

    private NDArray mlp(NDArray x, Mlp mlp) {
        NDArray up = linear(x, mlp.up());
        return copied(mlp.name(), linear(tap(mlp.activation().name(), activation(up), up.abs()), mlp.down()));
    }

    private NDArray activation(NDArray x) {
        return switch (random.activation()) {
            case RELU -> x.getNDArrayInternal().relu();
            case GELU -> x.getNDArrayInternal().gelu();
            case SILU -> x.div(x.neg().exp().add(1));
            case GELU_NEW ->
                x.add(x.pow(3).mul(0.044715))
                        .mul(Math.sqrt(2 / Math.PI))
                        .tanh()
                        .add(1)
                        .mul(x.mul(0.5));
            default -> throw new IllegalArgumentException(random.activation() + " is not in random models");
        };
    }

    /** Subtracting the mean cancels, so the size is that of the terms of {@code x}, not that of the deviations. */
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
        NDArray indices = manager.create(Arrays.stream(ids).asLongStream().toArray());
        return indices.getNDArrayInternal()
                .embedding(indices, matrix(table).transpose(), SparseFormat.DENSE)
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

    /** A tap that is looked up, and so is exact. */
    private NDArray exact(String name, NDArray value) {
        return tap(name, value, value.zerosLike());
    }

    /** A tap that consists of elements of another tap. Its error is the rounding of the golden input. */
    private NDArray copied(String name, NDArray value) {
        return tap(name, value, value.abs());
    }

    private NDArray tap(String name, NDArray value, NDArray size) {
        taps.put(name, value);
        sizes.put(name, size.max().toType(DataType.FLOAT64, false).getDouble());
        return value;
    }
}
