package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.List;
import java.util.Locale;

/** What {@code dict.keys()}, {@code dict.values()} and {@code dict.items()} return: iterable, but without indices. */
public record View(Dict dict, Kind kind) {
    /** Which of the three. */
    public enum Kind {
        KEYS,
        VALUES,
        ITEMS
    }

    public List<Object> elements() {
        return switch (kind) {
            case KEYS -> dict.keys();
            case VALUES -> dict.values();
            case ITEMS -> dict.items();
        };
    }

    String typeName() {
        return "dict_" + kind.name().toLowerCase(Locale.ROOT);
    }

    /** Keys and items compare as sets, values are equal only to themselves. */
    boolean isSet() {
        return kind != Kind.VALUES;
    }

    boolean sameAs(View other) {
        return isSet() && other.isSet() && dict.size() == other.dict.size() && containsAll(other);
    }

    boolean containsAll(View other) {
        return other.elements().stream().allMatch(element -> Values.contains(this, element));
    }
}
