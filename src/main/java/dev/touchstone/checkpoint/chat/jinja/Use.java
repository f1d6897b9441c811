package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.library.Filters;
import dev.touchstone.checkpoint.chat.jinja.library.Tests;
import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.List;
import java.util.stream.Stream;

/** Calls of functions, filters and tests. */
interface Use extends Expression {
    ArgumentList arguments();

    /** {@code function(arguments)} */
    record Calling(int line, Expression function, ArgumentList arguments) implements Use {
        @Override
        public List<? extends Node> parts() {
            return Stream.concat(Stream.of(function), arguments.parts()).toList();
        }

        @Override
        public Object compute(Frame frame) {
            Object callee = function.value(frame);
            return invoke(callee, arguments.evaluate(frame));
        }
    }

    /**
     * {@code value | name(arguments)}
     *
     * @param value null in the tag {@code filter} and in a block of {@code set}, where it is the text of the block
     */
    record Filtering(int line, Expression value, String name, ArgumentList arguments) implements Use {
        @Override
        public List<? extends Node> parts() {
            return Stream.concat(Stream.ofNullable(value), arguments.parts()).toList();
        }

        @Override
        public Object compute(Frame frame) {
            return apply(value.value(frame), frame);
        }

        /** The result for the text of a block, which is the innermost value. */
        Object applyTo(String block, Frame frame) {
            return apply(value == null ? block : ((Filtering) value).applyTo(block, frame), frame);
        }

        private Object apply(Object input, Frame frame) {
            Call call = arguments.evaluate(frame).withFirst(input);
            return invoke(Filters.get(name), call);
        }
    }

    /** {@code value is name(arguments)} */
    record Testing(int line, Expression value, String name, ArgumentList arguments) implements Use {
        @Override
        public List<? extends Node> parts() {
            return Stream.concat(Stream.of(value), arguments.parts()).toList();
        }

        @Override
        public Object compute(Frame frame) {
            Object subject = value.value(frame);
            return Tests.get(name).call(arguments.evaluate(frame).withFirst(subject));
        }
    }

    /** The result of a call. Throws {@link PythonError} for what cannot be called. */
    static Object invoke(Object callee, Call call) {
        if (callee instanceof Function function) {
            return call.budget().made(function.call(call));
        }
        if (callee instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new PythonError("'" + Values.typeName(callee) + "' object is not callable");
    }
}
