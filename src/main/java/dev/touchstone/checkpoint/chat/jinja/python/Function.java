package dev.touchstone.checkpoint.chat.jinja.python;

/** What a template can call: functions, methods, filters, tests. */
@FunctionalInterface
public interface Function extends PythonObject {
    /** Throws {@link PythonError} if the arguments do not fit. */
    Object call(Call call);

    @Override
    default String typeName() {
        return "function";
    }

    /** A method of {@code self}: this function with its first argument given. */
    default Function boundTo(Object self) {
        return new Method(self, this);
    }

    /** A function with its first argument; equal to another one of the same object. */
    record Method(Object self, Function function) implements Function {
        @Override
        public Object call(Call call) {
            return function.call(call.withFirst(self));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Method method && self == method.self && function == method.function;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(self);
        }
    }
}
