package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Values that a template spells out. */
interface Literal extends Expression {
    /** A number, a string, {@code true}, {@code false} or {@code none}. */
    record Constant(int line, Object value) implements Literal {
        @Override
        public Object compute(Frame frame) {
            return value;
        }
    }

    /** {@code [1, 2]} */
    record ListOf(int line, List<Expression> items) implements Literal {
        @Override
        public List<Expression> parts() {
            return items;
        }

        @Override
        public Object compute(Frame frame) {
            return values(items, frame);
        }
    }

    /** {@code (1, 2)} */
    record TupleOf(int line, List<Expression> items) implements Literal {
        @Override
        public List<Expression> parts() {
            return items;
        }

        @Override
        public Object compute(Frame frame) {
            return Tuple.of(values(items, frame));
        }
    }

    /** {@code {'a': 1}} */
    record DictOf(int line, List<Expression> keys, List<Expression> values) implements Literal {
        @Override
        public List<Expression> parts() {
            return Stream.concat(keys.stream(), values.stream()).toList();
        }

        @Override
        public Object compute(Frame frame) {
            Dict dict = new Dict();
            for (int i = 0; i < keys.size(); i++) {
                dict.put(keys.get(i).value(frame), values.get(i).value(frame));
            }
            return dict;
        }
    }

    private static List<Object> values(List<Expression> expressions, Frame frame) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(expression.value(frame));
        }
        return Collections.unmodifiableList(values);
    }
}
