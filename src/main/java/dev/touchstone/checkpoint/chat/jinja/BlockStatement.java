package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Statements with a body that has a scope of its own, loops apart. */
interface BlockStatement extends Statement {
    /** The parts whose names belong to the scope of its own. */
    List<? extends Node> inside();

    /** {@code {% set target | filters %} body {% endset %}}; without filters, null, the target becomes the text. */
    record AssignBlock(int line, Target target, Use.Filtering filter, List<Statement> body, Names names)
            implements BlockStatement {
        @Override
        public List<Node> parts() {
            return Stream.concat(Stream.of(target, filter).filter(part -> part != null), body.stream())
                    .toList();
        }

        @Override
        public List<Node> outside() {
            return List.of(target);
        }

        @Override
        public List<? extends Node> inside() {
            return Stream.concat(Stream.ofNullable(filter), body.stream()).toList();
        }

        @Override
        public Flow run(Frame frame) {
            return capture(
                    body,
                    frame.inner(names),
                    (text, inner) -> target.assign(filter == null ? text : filter.applyTo(text, inner), frame));
        }
    }

    /** {@code {% filter filters %} body {% endfilter %}} */
    record FilterBlock(int line, Use.Filtering filter, List<Statement> body, Names names) implements BlockStatement {
        @Override
        public List<Node> parts() {
            return Stream.concat(body.stream(), Stream.of(filter)).toList();
        }

        @Override
        public List<Node> outside() {
            return List.of(filter);
        }

        @Override
        public List<? extends Node> inside() {
            return parts();
        }

        @Override
        public Flow run(Frame frame) {
            return capture(body, frame.inner(names), (text, inner) -> write(filter.applyTo(text, inner), frame));
        }
    }

    /** {@code {% with targets = values %} body {% endwith %}} */
    record With(int line, List<Target> targets, List<Expression> values, List<Statement> body, Names names)
            implements BlockStatement {
        @Override
        public List<Node> parts() {
            return Stream.of(targets, values, body).<Node>flatMap(List::stream).toList();
        }

        @Override
        public List<Expression> outside() {
            return values;
        }

        @Override
        public List<? extends Node> inside() {
            return body;
        }

        @Override
        public Flow run(Frame frame) {
            Frame inner = frame.inner(names);
            inner.begin();
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(values.get(i).value(frame), inner);
            }
            return Statement.runAll(body, inner);
        }
    }

    /** {@code {% macro name(parameters) %} body {% endmacro %}} */
    record MacroDefinition(int line, MacroBody body) implements BlockStatement {
        @Override
        public List<Node> parts() {
            return body.parts();
        }

        @Override
        public List<Node> outside() {
            return List.of(new Target.Variable(line, body.name()));
        }

        @Override
        public List<? extends Node> inside() {
            return body.parts();
        }

        @Override
        public Flow run(Frame frame) {
            frame.set(body.name(), new Macro(body, frame));
            return Flow.NEXT;
        }
    }

    /**
     * {@code {% call(parameters) macro(arguments) %} body {% endcall %}}: the macro gets the body as {@code caller}.
     *
     * @param call null for {@code generation}, which marks what a model is trained on and only writes its body
     */
    record CallBlock(int line, Use.Calling call, MacroBody body) implements BlockStatement {
        @Override
        public List<Node> parts() {
            return Stream.concat(Stream.ofNullable(call), body.parts().stream()).toList();
        }

        @Override
        public List<Node> outside() {
            return Stream.<Node>ofNullable(call).toList();
        }

        @Override
        public List<? extends Node> inside() {
            return body.parts();
        }

        @Override
        public Flow run(Frame frame) {
            Macro caller = new Macro(body, frame);
            if (call == null) {
                write(caller.call(Call.of(frame.budget())), frame);
                return Flow.NEXT;
            }
            Object callee = call.function().value(frame);
            Call plain = call.arguments().evaluate(frame);
            Map<String, Object> named = new LinkedHashMap<>(plain.named());
            if (named.put("caller", caller) != null) {
                throw new PythonError("got multiple values for keyword argument 'caller'");
            }
            write(Use.invoke(callee, new Call(frame.budget(), plain.positional(), named)), frame);
            return Flow.NEXT;
        }
    }

    /** Runs a body in a scope of its own; what it writes goes to {@code use}, unless it leaves a loop. */
    private static Flow capture(List<Statement> body, Frame inner, BiConsumer<String, Frame> use) {
        inner.begin();
        StringBuilder before = inner.rendering().begin();
        Flow flow = Statement.runAll(body, inner);
        String text = inner.rendering().capture(before);
        if (flow == Flow.NEXT) {
            use.accept(text, inner);
        }
        return flow;
    }

    private static void write(Object result, Frame frame) {
        if (!Text.is(result)) {
            throw new PythonError("the block makes a " + Values.typeName(result) + ", expected a str");
        }
        frame.rendering().write(Text.of(result));
    }
}
