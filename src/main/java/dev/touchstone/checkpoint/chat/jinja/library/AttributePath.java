package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.operations.Attributes;
import dev.touchstone.checkpoint.chat.jinja.operations.Case;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** What filters mean by the name of an attribute: {@code "user.name"}, {@code "0"}, or nothing for the value itself. */
final class AttributePath {
    private AttributePath() {}

    /**
     * @param attribute a name with dots, an index, or null for the value itself
     * @param otherwise in place of what is undefined, unless it is null
     */
    static UnaryOperator<Object> of(Object attribute, Object otherwise) {
        List<Object> keys = new ArrayList<>();
        if (Text.is(attribute)) {
            for (String key : Text.of(attribute).split("\\.", -1)) {
                keys.add(key.matches("\\d+") ? new BigInteger(key) : key);
            }
        } else if (attribute != null) {
            keys.add(attribute);
        }
        return value -> {
            for (Object key : keys) {
                value = Attributes.subscript(value, key);
                value = otherwise != null && value instanceof Undefined ? otherwise : value;
            }
            return value;
        };
    }

    /** Lists of the values of several attributes, {@code "age,name"}, to sort by. */
    static UnaryOperator<Object> several(Object attributes, UnaryOperator<Object> change) {
        List<UnaryOperator<Object>> paths = new ArrayList<>();
        List<Object> names = Text.is(attributes)
                ? List.of((Object[]) Text.of(attributes).split(",", -1))
                : Arrays.asList(attributes);
        names.forEach(name -> paths.add(of(name, null)));
        return value ->
                paths.stream().map(path -> change.apply(path.apply(value))).toList();
    }

    /** How values are compared: strings in lower case, unless case matters. */
    static UnaryOperator<Object> comparison(boolean caseSensitive) {
        return value -> !caseSensitive && Text.is(value) ? Case.lower(Text.of(value)) : value;
    }

    static UnaryOperator<Object> compared(Object attribute, Object otherwise, boolean caseSensitive) {
        UnaryOperator<Object> path = of(attribute, otherwise);
        return value -> comparison(caseSensitive).apply(path.apply(value));
    }
}
