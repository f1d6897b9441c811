package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.library.Namespace;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a value is assigned to. */
interface Target extends Node {
    void assign(Object value, Frame frame);

    /** The value that it has now. */
    Object current(Frame frame);

    /** A variable of the scope. */
    record Variable(int line, String name) implements Target {
        @Override
        public void assign(Object value, Frame frame) {
            frame.set(name, value);
        }

        @Override
        public Object current(Frame frame) {
            return frame.get(name);
        }
    }

    /** {@code namespace.name} */
    record Attribute(int line, String namespace, String name) implements Target {
        @Override
        public void assign(Object value, Frame frame) {
            namespace(frame).set(name, value);
        }

        @Override
        public Object current(Frame frame) {
            return namespace(frame).attribute(name);
        }

        /** Throws {@link PythonError} if it is no namespace. */
        Namespace namespace(Frame frame) {
            if (frame.get(namespace) instanceof Namespace object) {
                return object;
            }
            throw new PythonError("cannot assign attribute on non-namespace object '" + namespace + "'");
        }
    }

    /** {@code a, b}: a value with as many elements is unpacked. */
    record Several(int line, List<Target> parts) implements Target {
        @Override
        public void assign(Object value, Frame frame) {
            Iterator<Object> elements = Values.iterate(value);
            List<Object> unpacked = new ArrayList<>();
            while (elements.hasNext() && unpacked.size() <= parts.size()) {
                unpacked.add(elements.next());
            }
            if (unpacked.size() != parts.size()) {
                String found = unpacked.size() > parts.size() ? "more" : String.valueOf(unpacked.size());
                throw new PythonError("cannot unpack: " + parts.size() + " values expected, got " + found);
            }
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).assign(unpacked.get(i), frame);
            }
        }

        @Override
        public Object current(Frame frame) {
            return Tuple.of(parts.stream().map(part -> part.current(frame)).toList());
        }
    }
}
