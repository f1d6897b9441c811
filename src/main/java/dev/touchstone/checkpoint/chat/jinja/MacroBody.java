package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parameters and statements of a macro, of {@code call} or of {@code generation}.
 *
 * @param name null for what has none
 * @param defaults of the last parameters
 * @param special which of {@code caller}, {@code kwargs} and {@code varargs} it reads without having a parameter of that name
 */
record MacroBody(
        String name,
        List<Target.Variable> parameters,
        List<Expression> defaults,
        List<Statement> statements,
        List<String> special,
        Names names) {
    static MacroBody of(
            String name, List<Target.Variable> parameters, List<Expression> defaults, List<Statement> statements) {
        List<String> own = parameters.stream().map(Target.Variable::name).toList();
        List<String> special = Stream.of("caller", "kwargs", "varargs")
                .filter(word -> !own.contains(word) && Names.isRead(word, statements))
                .toList();
        List<String> all = new ArrayList<>(own);
        all.addAll(special);
        List<Node> parts = new ArrayList<>(defaults);
        parts.addAll(statements);
        return new MacroBody(name, parameters, defaults, statements, special, Names.of(all, parts));
    }

    List<Node> parts() {
        return Stream.of(parameters, defaults, statements)
                .<Node>flatMap(List::stream)
                .toList();
    }

    boolean reads(String word) {
        return special.contains(word);
    }

    boolean hasParameter(String name) {
        return parameters.stream().anyMatch(parameter -> parameter.name().equals(name));
    }

    /** Whether its text names {@code caller}, as a parameter or not. */
    boolean readsCaller() {
        return Names.isRead("caller", statements);
    }

    /** The default of a parameter; null if it has none. */
    Expression defaultOf(int parameter) {
        int place = parameter - (parameters.size() - defaults.size());
        return place < 0 ? null : defaults.get(place);
    }

    /** Runs with the parameters that the frame has values for. */
    String render(Frame frame) {
        frame.budget().enter();
        StringBuilder before = frame.rendering().begin();
        frame.begin();
        for (int i = 0; i < parameters.size(); i++) {
            Macro.setDefault(this, i, frame);
        }
        if (Statement.runAll(statements, frame) != Flow.NEXT) {
            throw new PythonError("break or continue outside of a loop");
        }
        frame.budget().leave();
        return frame.rendering().capture(before);
    }
}
