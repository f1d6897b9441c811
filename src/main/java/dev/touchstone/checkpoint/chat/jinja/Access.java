package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.operations.Attributes;
import dev.touchstone.checkpoint.chat.jinja.python.Slice;
import java.util.List;
import java.util.stream.Stream;

/** Variables, and what is inside of values. */
interface Access extends Expression {
    /** A variable. */
    record Name(int line, String name) implements Access {
        @Override
        public Object compute(Frame frame) {
            return frame.get(name);
        }
    }

    /** {@code owner.name} */
    record Dot(int line, Expression owner, String name) implements Access {
        @Override
        public List<Expression> parts() {
            return List.of(owner);
        }

        @Override
        public Object compute(Frame frame) {
            return Attributes.dot(owner.value(frame), name);
        }
    }

    /** {@code owner[key]} */
    record Subscript(int line, Expression owner, Expression key) implements Access {
        @Override
        public List<Expression> parts() {
            return List.of(owner, key);
        }

        @Override
        public Object compute(Frame frame) {
            Object value = owner.value(frame);
            return Attributes.subscript(value, key.value(frame));
        }
    }

    /** {@code owner[start:stop:step]}; null for a part that is left out. */
    record Slicing(int line, Expression owner, Expression start, Expression stop, Expression step) implements Access {
        @Override
        public List<Expression> parts() {
            return Stream.of(owner, start, stop, step)
                    .filter(part -> part != null)
                    .toList();
        }

        @Override
        public Object compute(Frame frame) {
            Object value = owner.value(frame);
            Slice slice = new Slice(bound(start, frame), bound(stop, frame), bound(step, frame));
            return frame.budget().made(slice.of(value));
        }

        private static Object bound(Expression bound, Frame frame) {
            return bound == null ? null : bound.value(frame);
        }
    }
}
