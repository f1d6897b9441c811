package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Generator;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/**
 * {@code for target in iterable if test} and its {@code else}, which runs unless an iteration came to its end.
 *
 * @param test null for all elements
 * @param recursive whether the body may call {@code loop(other elements)}
 */
record ForLoop(
        int line,
        Target target,
        Expression iterable,
        Expression test,
        boolean recursive,
        List<Statement> body,
        List<Statement> otherwise,
        Names testNames,
        Names bodyNames,
        Names otherwiseNames)
        implements Statement {
    static ForLoop of(
            int line,
            Target target,
            Expression iterable,
            Expression test,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise) {
        List<String> targets = variables(target);
        List<String> parameters = new ArrayList<>(targets);
        if (recursive || Names.isRead("loop", body)) {
            parameters.add("loop");
        }
        return new ForLoop(
                line,
                target,
                iterable,
                test,
                recursive,
                body,
                otherwise,
                Names.of(targets, Stream.ofNullable(test).toList()),
                Names.of(parameters, body),
                Names.of(List.of(), otherwise));
    }

    /** The names that a target assigns to. */
    static List<String> variables(Target target) {
        return target instanceof Target.Variable variable
                ? List.of(variable.name())
                : ((Target.Several) target)
                        .parts().stream()
                                .flatMap(part -> variables(part).stream())
                                .toList();
    }

    @Override
    public List<Node> parts() {
        return Stream.of(
                        List.of(target, iterable),
                        body,
                        otherwise,
                        Stream.ofNullable(test).toList())
                .<Node>flatMap(List::stream)
                .toList();
    }

    @Override
    public List<Node> outside() {
        return List.of(iterable);
    }

    @Override
    public Flow run(Frame frame) {
        Object elements = iterable.value(frame);
        if (recursive) {
            frame.rendering().write(render(elements, frame, 0));
            return Flow.NEXT;
        }
        return run(elements, frame, 0);
    }

    /** What a recursive loop writes. */
    String render(Object elements, Frame frame, int depth) {
        frame.budget().enter();
        StringBuilder before = frame.rendering().begin();
        run(elements, frame, depth);
        frame.budget().leave();
        return frame.rendering().capture(before);
    }

    private Flow run(Object elements, Frame frame, int depth) {
        Object chosen = test == null ? elements : Generator.of(chosen(Values.iterate(elements), frame));
        Loop loop = new Loop(chosen, depth, recursive ? more -> render(more, frame, depth + 1) : null);
        Frame inner = frame.inner(bodyNames);
        boolean completed = false;
        Flow flow = Flow.NEXT;
        while (flow != Flow.BREAK && loop.hasNext()) {
            frame.budget().step();
            target.assign(loop.next(), inner);
            if (bodyNames.parameters().contains("loop")) {
                inner.set("loop", loop);
            }
            inner.begin();
            flow = Statement.runAll(body, inner);
            completed |= flow == Flow.NEXT;
        }
        inner.end();
        if (completed || otherwise.isEmpty()) {
            return Flow.NEXT;
        }
        Frame last = frame.inner(otherwiseNames);
        last.begin();
        return Statement.runAll(otherwise, last);
    }

    /** The elements for which the test holds, found when they are asked for. */
    private Iterator<Object> chosen(Iterator<Object> elements, Frame frame) {
        Frame inner = frame.inner(testNames);
        return new Iterator<>() {
            private final List<Object> next = new ArrayList<>();
            private boolean begun;

            @Override
            public boolean hasNext() {
                if (!begun) {
                    inner.begin();
                    begun = true;
                }
                while (next.isEmpty() && elements.hasNext()) {
                    target.assign(elements.next(), inner);
                    if (Values.truth(test.value(inner))) {
                        next.add(target.current(inner));
                    }
                }
                return !next.isEmpty();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return next.remove(0);
            }
        };
    }
}
