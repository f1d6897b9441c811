package dev.touchstone.explain;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Head;
import dev.touchstone.model.LayerComponents;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where each tap comes from. */
final class TapHomes {
    /** The class whose source says how it is computed, and the kind of work that is. */
    record Home(Class<?> source, Part part) {}

    private final Map<String, Home> homes = new LinkedHashMap<>();

    TapHomes(Transformer model) {
        visit(model, null);
        homes.put("logits", new Home(Head.class, Part.OUTPUT));
    }

    Home of(String tap) {
        Home home = homes.get(tap);
        if (home == null) {
            throw new AssertionError("no layer has the tap " + tap);
        }
        return home;
    }

    private void visit(Record layer, Part around) {
        Part part = part(layer, around);
        LayerComponents.of(layer).forEach((component, value) -> {
            boolean names = component.equals("name") || layer instanceof Stem && component.equals("embedded");
            if (names && value != null) {
                homes.put((String) value, new Home(source(layer), part));
            } else if (value instanceof Record inside) {
                visit(inside, part);
            } else if (value instanceof List<?> list) {
                list.stream().filter(Record.class::isInstance).forEach(one -> visit((Record) one, part));
            }
        });
        if (layer instanceof Attention attention) {
            List.of("q", "k", "v")
                    .forEach(point ->
                            homes.put(attention.name() + "." + point, new Home(Attention.class, Part.PROJECTIONS)));
            List.of("scores", "probs", "context")
                    .forEach(point ->
                            homes.put(attention.name() + "." + point, new Home(Attention.class, Part.ATTENTION)));
        }
    }

    private static Part part(Record layer, Part around) {
        if (layer instanceof Stem || layer instanceof Rotary) {
            return Part.EMBEDDING;
        }
        if (layer instanceof Block) {
            return Part.RESIDUAL;
        }
        if (layer instanceof Attention) {
            return Part.PROJECTIONS;
        }
        if (layer instanceof Mlp) {
            return Part.MLP;
        }
        if (layer instanceof Head) {
            return Part.OUTPUT;
        }
        return layer instanceof Norm && (around == null || around == Part.RESIDUAL) ? Part.NORMS : around;
    }

    /** The class that has a file of its own. */
    private static Class<?> source(Record layer) {
        Class<?> outer = layer.getClass().getDeclaringClass();
        return outer == null ? layer.getClass() : outer;
    }
}
