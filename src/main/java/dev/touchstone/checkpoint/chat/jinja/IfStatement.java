package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code if}, {@code elif} and {@code else}.
 *
 * @param tests the conditions of {@code if} and of each {@code elif}
 * @param bodies what belongs to each
 */
record IfStatement(int line, List<Expression> tests, List<List<Statement>> bodies, List<Statement> otherwise)
        implements Statement {
    @Override
    public List<Node> parts() {
        List<Node> parts = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            parts.add(tests.get(i));
            parts.addAll(bodies.get(i));
        }
        parts.addAll(otherwise);
        return parts;
    }

    @Override
    public List<Node> outside() {
        return parts();
    }

    @Override
    public Flow run(Frame frame) {
        for (int i = 0; i < tests.size(); i++) {
            if (Values.truth(tests.get(i).value(frame))) {
                return Statement.runAll(bodies.get(i), frame);
            }
        }
        return Statement.runAll(otherwise, frame);
    }
}
