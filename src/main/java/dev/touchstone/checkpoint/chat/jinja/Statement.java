package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import java.util.List;

/** What writes or changes something: text, a tag, an expression in double braces. */
interface Statement extends Node {
    Flow run(Frame frame);

    /** The parts whose names belong to the scope around the statement; all of them unless a statement says otherwise. */
    default List<? extends Node> outside() {
        return parts();
    }

    /** Runs one after the other, until one of them leaves a loop. */
    static Flow runAll(List<Statement> statements, Frame frame) {
        for (Statement statement : statements) {
            Flow flow;
            try {
                frame.budget().step();
                flow = statement.run(frame);
            } catch (PythonError e) {
                throw e.at(statement.line());
            }
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    /** Text between tags. */
    record Verbatim(int line, String text) implements Statement {
        @Override
        public Flow run(Frame frame) {
            frame.rendering().write(text);
            return Flow.NEXT;
        }
    }

    /** {@code {{ expression }}} */
    record Output(int line, Expression expression) implements Statement {
        @Override
        public List<Node> parts() {
            return List.of(expression);
        }

        @Override
        public Flow run(Frame frame) {
            frame.rendering().write(Repr.str(expression.value(frame)));
            return Flow.NEXT;
        }
    }

    /** {@code {% set target = value %}} */
    record Assign(int line, Target target, Expression value) implements Statement {
        @Override
        public List<Node> parts() {
            return List.of(target, value);
        }

        @Override
        public List<Node> outside() {
            return List.of(value, target);
        }

        @Override
        public Flow run(Frame frame) {
            checkNamespaces(target, frame);
            target.assign(value.value(frame), frame);
            return Flow.NEXT;
        }

        /** Before the value is computed, as Jinja does. */
        private static void checkNamespaces(Target target, Frame frame) {
            if (target instanceof Target.Attribute attribute) {
                attribute.namespace(frame);
            } else if (target instanceof Target.Several several) {
                several.parts().forEach(part -> checkNamespaces(part, frame));
            }
        }
    }

    /** {@code {% break %}} and {@code {% continue %}} */
    record Leave(int line, Flow flow) implements Statement {
        @Override
        public Flow run(Frame frame) {
            return flow;
        }
    }

    /** A tag that fails where it is reached. */
    record Failure(int line, String message) implements Statement {
        @Override
        public Flow run(Frame frame) {
            throw new PythonError(message);
        }
    }
}
