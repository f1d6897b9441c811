package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Copies of a model with some components replaced. */
final class Surgery {
    private Surgery() {}

    /**
     * The model with every component of a type replaced. Layers are records, so their components are copied recursively.
     */
    static <P> Transformer each(Transformer model, Class<P> type, UnaryOperator<P> change) {
        return (Transformer) copy(model, type, change);
    }

    /** A layer with every component of a type replaced. */
    static <L, P> L of(L layer, Class<P> type, UnaryOperator<P> change) {
        @SuppressWarnings("unchecked") // a copy of a record is of its own class
        L copy = (L) copy(layer, type, change);
        return copy;
    }

    private static <P> Object copy(Object component, Class<P> type, UnaryOperator<P> change) {
        if (type.isInstance(component)) {
            return change.apply(type.cast(component));
        }
        if (component instanceof List<?> list) {
            return list.stream().map(element -> copy(element, type, change)).toList();
        }
        if (!(component instanceof Record)) {
            return component;
        }
        RecordComponent[] components = component.getClass().getRecordComponents();
        try {
            Object[] values = new Object[components.length];
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = copy(components[i].getAccessor().invoke(component), type, change);
            }
            return component.getClass().getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(component + " cannot be copied", e);
        }
    }

    static Transformer blocks(Transformer model, UnaryOperator<List<Block>> change) {
        return new Transformer(
                model.shape(),
                model.stem(),
                model.rotaries(),
                change.apply(new ArrayList<>(model.blocks())),
                model.lnF(),
                model.head());
    }

    static Transformer head(Transformer model, Matrix weight) {
        return each(model, Head.class, old -> new Head(old.name(), weight, old.bias(), old.scale(), old.cap()));
    }

    static Transformer shape(Transformer model, Shape shape) {
        return each(model, Shape.class, old -> shape);
    }

    /** Replaces the table of the token embedding or the position embedding. */
    static Transformer embedding(Transformer model, String name, UnaryOperator<Matrix> change) {
        return each(
                model,
                Embedding.class,
                old -> old.name().equals(name) ? new Embedding(name, change.apply(old.table())) : old);
    }

    static Transformer attention(Transformer model, int layer, UnaryOperator<Attention> change) {
        return each(model, Attention.class, old -> old.layer() == layer ? change.apply(old) : old);
    }

    static Transformer scoring(Transformer model, int layer, UnaryOperator<Scoring> change) {
        return attention(
                model,
                layer,
                old -> new Attention(
                        old.name(), old.layer(), old.projections(), change.apply(old.scoring()), old.output()));
    }

    static Transformer scale(Transformer model, int layer, double scale) {
        return scoring(model, layer, old -> new Scoring((float) scale, old.cap(), old.window(), old.slopes()));
    }

    static Transformer activation(Transformer model, int layer, Activation activation) {
        String name = model.blocks().get(layer).mlp().activation().name();
        return each(
                model,
                NamedActivation.class,
                old -> old.name().equals(name) ? new NamedActivation(name, activation) : old);
    }

    /** Replaces every layer norm. */
    static Transformer norms(Transformer model, UnaryOperator<LayerNorm> change) {
        return each(model, LayerNorm.class, change);
    }

    static Transformer norm(Transformer model, String name, UnaryOperator<LayerNorm> change) {
        return norms(model, norm -> norm.name().equals(name) ? change.apply(norm) : norm);
    }

    static Transformer epsilon(Transformer model, double epsilon) {
        return norms(model, norm -> new LayerNorm(norm.name(), norm.gain(), norm.bias(), epsilon));
    }

    /** Replaces every linear layer except the head. */
    static Transformer linears(Transformer model, UnaryOperator<Linear> change) {
        return each(model, Linear.class, change);
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

    /** A matrix as rows of outputs, one row per input. (I, O) */
    static Tensor rows(Matrix matrix) {
        Tensor rows = Tensor.zeros(matrix.inputs(), matrix.outputs());
        for (int i = 0; i < matrix.inputs(); i++) {
            for (int o = 0; o < matrix.outputs(); o++) {
                rows.data()[i * matrix.outputs() + o] = matrix.at(i, o);
            }
        }
        return rows;
    }

    /** Changes each weight separately. */
    static Matrix each(Matrix matrix, UnaryOperator<Float> change) {
        Tensor rows = rows(matrix);
        for (int i = 0; i < rows.size(); i++) {
            rows.data()[i] = change.apply(rows.data()[i]);
        }
        return Matrix.ofInputRows(rows);
    }
}
