package dev.touchstone.model.taps;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.LayerComponents;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a model, layer by layer. Found by walking the records that the layers consist of, so that it works for
 * every family.
 */
public final class ModelSummary {
    /**
     * One layer.
     *
     * @param parameters number of its own parameters and those of the layers in it; a matrix that two layers share is
     *     counted in the first one
     * @param shapes of its own weights: an embedding (V, C), others (inputs, outputs)
     */
    public record Row(String name, String kind, List<String> shapes, long parameters) {}

    private final List<Row> rows = new ArrayList<>();
    private final Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    private long parameters;

    /** The summary of a model. */
    public static ModelSummary of(Transformer model) {
        ModelSummary summary = new ModelSummary();
        summary.parameters = summary.visit(model);
        return summary;
    }

    /** In the order of the forward pass, a block before its parts. */
    public List<Row> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** The number of parameters of the model. */
    public long parameters() {
        return parameters;
    }

    /** Adds a layer and those in it. Returns the number of their parameters, without those that were counted before. */
    private long visit(Record layer) {
        int place = rows.size();
        String name = null;
        List<String> shapes = new ArrayList<>();
        long own = 0;
        long inner = 0;
        for (Map.Entry<String, Object> component : LayerComponents.of(layer).entrySet()) {
            Object value = component.getValue();
            if (component.getKey().equals("name")) {
                name = (String) value;
            } else if (isWeight(value)) {
                boolean first = counted.add(value);
                own += first ? size(value) : 0;
                shapes.add(shape(value, layer) + (first ? "" : " tied"));
            } else if (value instanceof Record part) {
                inner += visit(part);
            } else if (value instanceof List<?> parts && !parts.isEmpty() && isWeight(parts.get(0))) {
                own += parts.stream().mapToLong(ModelSummary::size).sum();
                shapes.add(parts.size() + " x " + shape(parts.get(0), layer));
            } else if (value instanceof List<?> parts && !parts.isEmpty() && parts.get(0) instanceof Float) {
                own += parts.size(); // attention sinks
            } else if (value instanceof List<?> parts) {
                for (Object part : parts) {
                    inner += part instanceof Record inPlace ? visit(inPlace) : 0;
                }
            }
        }
        if (name != null && (inner > 0 || !shapes.isEmpty())) {
            rows.add(place, new Row(name, kind(layer), shapes, own + inner));
        }
        return own + inner;
    }

    private static boolean isWeight(Object value) {
        return value instanceof Matrix || value instanceof float[];
    }

    /** The kind of layer: the name of the class, or of the class around it if it is one of several variants. */
    private static String kind(Record layer) {
        Class<?> outer = layer.getClass().getDeclaringClass();
        return (outer == null ? layer.getClass() : outer).getSimpleName();
    }

    private static long size(Object weight) {
        return weight instanceof Matrix matrix ? (long) matrix.inputs() * matrix.outputs() : ((float[]) weight).length;
    }

    private static String shape(Object weight, Record layer) {
        if (weight instanceof Matrix matrix) {
            return layer instanceof Embedding
                    ? "(" + matrix.outputs() + ", " + matrix.inputs() + ")"
                    : "(" + matrix.inputs() + ", " + matrix.outputs() + ")";
        }
        return "(" + ((float[]) weight).length + ")";
    }
}
