package dev.touchstone.model;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The record components of a layer: its name, weights, settings and inner layers. A recursive walk over them visits a
 * whole model, whatever its family.
 */
public final class LayerComponents {
    private LayerComponents() {}

    /** The components by name, in the order of their declaration. A value may be null. */
    public static Map<String, Object> of(Record layer) {
        Map<String, Object> components = new LinkedHashMap<>();
        for (RecordComponent component : layer.getClass().getRecordComponents()) {
            try {
                components.put(component.getName(), component.getAccessor().invoke(layer));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(component + " of a layer cannot be read", e);
            }
        }
        return components;
    }
}
