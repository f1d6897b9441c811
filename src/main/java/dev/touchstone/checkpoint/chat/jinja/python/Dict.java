package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Python's {@code dict}: in the order of insertion, with keys that are equal as Python compares them. */
public final class Dict {
    private final Map<Key, Object> entries = new LinkedHashMap<>();

    /** Keys {@code 1}, {@code 1.0} and {@code True} are the same. */
    private record Key(Object value, int hash) {
        Key(Object value) {
            this(value, Equality.hash(value));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Equality.same(value, key.value);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Throws {@link PythonError} for a key that cannot be hashed, such as a list. */
    public Dict put(Object key, Object value) {
        entries.put(new Key(key), value);
        return this;
    }

    public Dict putAll(Dict other) {
        entries.putAll(other.entries);
        return this;
    }

    /** {@link Missing} for a key that it does not have. */
    public Object get(Object key) {
        return entries.getOrDefault(new Key(key), Missing.MISSING);
    }

    public boolean has(Object key) {
        return entries.containsKey(new Key(key));
    }

    public int size() {
        return entries.size();
    }

    public Iterator<Object> iterator() {
        Iterator<Key> keys = entries.keySet().iterator();
        return Values.mapped(keys, Key::value);
    }

    public List<Object> keys() {
        List<Object> keys = new ArrayList<>();
        iterator().forEachRemaining(keys::add);
        return keys;
    }

    public List<Object> values() {
        return new ArrayList<>(entries.values());
    }

    /** Pairs of key and value. */
    public List<Object> items() {
        List<Object> items = new ArrayList<>();
        entries.forEach((key, value) -> items.add(Tuple.of(key.value, value)));
        return items;
    }
}
