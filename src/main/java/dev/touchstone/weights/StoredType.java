package dev.touchstone.weights;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A type of weights in a checkpoint.
 *
 * @param name the name that the format gives it, such as {@code BF16} or {@code Q4_K}
 * @param tensors the number of tensors of this type
 * @param weights the number of their elements
 * @param bytes what they take in the file
 */
public record StoredType(String name, int tensors, long weights, long bytes) {
    /** The types of some tensors, that of most bytes first. */
    public static List<StoredType> of(List<? extends StoredTensor> tensors) {
        Map<String, StoredType> types = new LinkedHashMap<>();
        for (StoredTensor tensor : tensors) {
            StoredType one = new StoredType(tensor.typeName(), 1, tensor.elements(), tensor.bytes());
            types.merge(one.name, one, StoredType::plus);
        }
        List<StoredType> list = new ArrayList<>(types.values());
        list.sort(Comparator.comparingLong(StoredType::bytes).reversed());
        return list;
    }

    /** Both together, under the name of this one. */
    public StoredType plus(StoredType other) {
        return new StoredType(name, tensors + other.tensors, weights + other.weights, bytes + other.bytes);
    }

    /** Bits of the file for each weight, with the scales of quantised types. */
    public double bits() {
        return 8.0 * bytes / weights;
    }
}
