package dev.touchstone.checkpoint.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that one scope uses, found out from the text, as Jinja does it: a name that is assigned anywhere in a scope is a
 * variable of that scope, everywhere in it. Scopes are the template, the body of a macro, a loop, {@code call}, {@code filter},
 * {@code with} and of a block of {@code set}; {@code if} is none.
 */
final class Names {
    /** What a scope does with a name that is not its parameter, which decides about the value that it begins with. */
    enum Kind {
        /** Only reads it: the outer variable itself. */
        READ,
        /** Assigns it before anything else: a copy of the outer variable, or no value. */
        ASSIGNED,
        /** Reads it before, or assigns it under a condition: a copy of the outer variable, or what the template is given. */
        CHANGED
    }

    private final Set<String> parameters = new TreeSet<>();
    private final Map<String, Kind> others = new LinkedHashMap<>();

    private Names() {}

    private Names(Names other) {
        parameters.addAll(other.parameters);
        others.putAll(other.others);
    }

    /** The names of a scope with these parameters, whose parts are these. */
    static Names of(List<String> parameters, List<? extends Node> parts) {
        Names names = new Names();
        names.parameters.addAll(parameters);
        parts.forEach(names::visit);
        return names;
    }

    Set<String> parameters() {
        return parameters;
    }

    Map<String, Kind> others() {
        return others;
    }

    private void read(String name) {
        if (!parameters.contains(name)) {
            others.putIfAbsent(name, Kind.READ);
        }
    }

    private void assign(String name) {
        if (!parameters.contains(name)) {
            others.merge(name, Kind.ASSIGNED, (before, now) -> before == Kind.READ ? Kind.CHANGED : before);
        }
    }

    private boolean assigns(String name) {
        return parameters.contains(name) || others.getOrDefault(name, Kind.READ) != Kind.READ;
    }

    /** Of a statement with a scope of its own only what is outside of that. */
    private void visit(Node node) {
        if (node instanceof Access.Name name) {
            read(name.name());
        } else if (node instanceof Target.Variable variable) {
            assign(variable.name());
        } else if (node instanceof Target.Attribute attribute) {
            read(attribute.namespace());
        } else if (node instanceof IfStatement statement) {
            visit(statement);
        } else if (node instanceof Statement statement) {
            statement.outside().forEach(this::visit);
        } else {
            node.parts().forEach(this::visit);
        }
    }

    private void visit(IfStatement statement) {
        visit(statement.tests().get(0));
        Names then = inBranch(statement.bodies().get(0));
        Names elseIf = new Names(this);
        for (int i = 1; i < statement.tests().size(); i++) {
            elseIf.visit(statement.tests().get(i));
            elseIf.join(List.of(elseIf.inBranch(statement.bodies().get(i))));
        }
        join(List.of(then, elseIf, inBranch(statement.otherwise())));
    }

    private Names inBranch(List<Statement> body) {
        Names branch = new Names(this);
        body.forEach(branch::visit);
        return branch;
    }

    /** What is assigned in a branch only may not be assigned at all. */
    private void join(List<Names> branches) {
        Map<String, Kind> joined = new LinkedHashMap<>();
        for (Names branch : branches) {
            branch.others.forEach((name, kind) -> joined.merge(
                    name, branch.assigns(name) ? Kind.CHANGED : Kind.READ, (a, b) -> a == Kind.CHANGED ? a : b));
        }
        joined.forEach((name, kind) -> {
            if (!assigns(name)) {
                others.put(name, kind);
            }
        });
    }

    /** Whether any of the nodes, or what is inside of them, reads {@code name} before it is assigned. */
    static boolean isRead(String name, List<? extends Node> nodes) {
        return Boolean.TRUE.equals(firstUse(name, nodes));
    }

    /** True if it is read, false if it is assigned, null if it does not occur. */
    private static Boolean firstUse(String name, List<? extends Node> nodes) {
        for (Node node : nodes) {
            if (node instanceof Access.Name read && read.name().equals(name)) {
                return true;
            }
            if (node instanceof Target.Variable assigned && assigned.name().equals(name)) {
                return false;
            }
            Boolean use = firstUse(name, node.parts());
            if (use != null) {
                return use;
            }
        }
        return null;
    }
}
