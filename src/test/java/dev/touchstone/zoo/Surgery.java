package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections.Fused;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Copies of a model with one part replaced, found by its name. */
final class Surgery {
    private Surgery() {}

    static Transformer blocks(Transformer model, UnaryOperator<List<Block>> change) {
        return new Transformer(
                model.shape(),
                model.wte(),
                model.wpe(),
                model.embedded(),
                change.apply(new ArrayList<>(model.blocks())),
                model.lnF(),
                model.head());
    }

    static Transformer head(Transformer model, Matrix head) {
        return new Transformer(
                model.shape(), model.wte(), model.wpe(), model.embedded(), model.blocks(), model.lnF(), head);
    }

    static Transformer shape(Transformer model, Transformer.Shape shape, Matrix positions) {
        Embedding wpe = new Embedding(model.wpe().name(), positions);
        return new Transformer(shape, model.wte(), wpe, model.embedded(), model.blocks(), model.lnF(), model.head());
    }

    static Transformer attention(Transformer model, int layer, UnaryOperator<Attention> change) {
        return blocks(model, blocks -> {
            Block old = blocks.get(layer);
            blocks.set(layer, new Block(old.name(), old.ln1(), change.apply(old.attn()), old.ln2(), old.mlp()));
            return blocks;
        });
    }

    static Transformer scale(Transformer model, int layer, double scale) {
        return attention(
                model,
                layer,
                old -> new Attention(old.name(), old.layer(), old.projections(), (float) scale, old.output()));
    }

    static Transformer activation(Transformer model, int layer, Activation activation) {
        return blocks(model, blocks -> {
            Block old = blocks.get(layer);
            Mlp mlp = old.mlp();
            Mlp.NamedActivation other = new Mlp.NamedActivation(mlp.activation().name(), activation);
            Mlp changed = new Mlp(mlp.name(), mlp.up(), other, mlp.down());
            blocks.set(layer, new Block(old.name(), old.ln1(), old.attn(), old.ln2(), changed));
            return blocks;
        });
    }

    /** Every norm, and its replacement. */
    static Transformer norms(Transformer model, UnaryOperator<LayerNorm> change) {
        List<Block> blocks = new ArrayList<>();
        for (Block old : model.blocks()) {
            LayerNorm ln1 = change.apply(old.ln1());
            blocks.add(new Block(old.name(), ln1, old.attn(), change.apply(old.ln2()), old.mlp()));
        }
        LayerNorm lnF = change.apply(model.lnF());
        return new Transformer(model.shape(), model.wte(), model.wpe(), model.embedded(), blocks, lnF, model.head());
    }

    static Transformer norm(Transformer model, String name, UnaryOperator<LayerNorm> change) {
        return norms(model, norm -> norm.name().equals(name) ? change.apply(norm) : norm);
    }

    static Transformer epsilon(Transformer model, double epsilon) {
        return norms(model, norm -> new LayerNorm(norm.name(), norm.gain(), norm.bias(), epsilon));
    }

    /** Every product with a weight matrix but the head, and its replacement. */
    static Transformer linears(Transformer model, UnaryOperator<Linear> change) {
        List<Block> blocks = new ArrayList<>();
        for (Block old : model.blocks()) {
            Attention attn = old.attn();
            Fused fused = (Fused) attn.projections();
            Attention attention = new Attention(
                    attn.name(),
                    attn.layer(),
                    new Fused(change.apply(fused.linear())),
                    attn.scale(),
                    change.apply(attn.output()));
            Mlp mlp = old.mlp();
            Mlp changed = new Mlp(mlp.name(), change.apply(mlp.up()), mlp.activation(), change.apply(mlp.down()));
            blocks.add(new Block(old.name(), old.ln1(), attention, old.ln2(), changed));
        }
        return blocks(model, ignored -> blocks);
    }

    static Transformer linear(Transformer model, String name, UnaryOperator<Linear> change) {
        return linears(model, linear -> linear.name().equals(name) ? change.apply(linear) : linear);
    }

    static Transformer bias(Transformer model, String name, UnaryOperator<float[]> change) {
        return linear(
                model,
                name,
                old -> new Linear(
                        old.name(), old.weight(), change.apply(old.bias().clone())));
    }

    static Transformer weight(Transformer model, String name, UnaryOperator<Matrix> change) {
        return linear(model, name, old -> new Linear(old.name(), change.apply(old.weight()), old.bias()));
    }

    /** A matrix as rows of outputs, one row an input. (I, O) */
    static Tensor rows(Matrix matrix) {
        Tensor rows = Tensor.zeros(matrix.inputs(), matrix.outputs());
        for (int i = 0; i < matrix.inputs(); i++) {
            for (int o = 0; o < matrix.outputs(); o++) {
                rows.data()[i * matrix.outputs() + o] = matrix.at(i, o);
            }
        }
        return rows;
    }

    /** Each weight, changed by itself. */
    static Matrix each(Matrix matrix, UnaryOperator<Float> change) {
        Tensor rows = rows(matrix);
        for (int i = 0; i < rows.size(); i++) {
            rows.data()[i] = change.apply(rows.data()[i]);
        }
        return Matrix.ofInputRows(rows);
    }
}
