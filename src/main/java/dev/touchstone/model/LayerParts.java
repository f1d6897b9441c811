package dev.touchstone.model;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a layer is made of. A layer is a record whose components are a name, weights, settings and other layers: whoever
 * follows the components finds all of a model, whatever the family.
 */
public final class LayerParts {
    private LayerParts() {}

    /** The components by name, in the order of their declaration; a value may be null. */
    public static Map<String, Object> of(Record layer) {
        Map<String, Object> parts = new LinkedHashMap<>();
        for (RecordComponent component : layer.getClass().getRecordComponents()) {
            try {
                parts.put(component.getName(), component.getAccessor().invoke(layer));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(component + " of a layer cannot be read", e);
            }
        }
        return parts;
    }
}
