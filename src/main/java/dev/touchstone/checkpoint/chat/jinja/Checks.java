package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.library.Filters;
import dev.touchstone.checkpoint.chat.jinja.library.Tests;
import java.util.List;

/**
 * What Jinja refuses before it runs a template: unknown filters and tests, unless a condition guards them; {@code break} and
 * {@code continue} outside of loops; assignments to {@code loop} within one.
 */
final class Checks {
    private Checks() {}

    /**
     * Throws {@link TemplateException} for the first thing that is wrong.
     *
     * @param guarded whether the nodes are in an {@code if} with nothing between
     * @param inLoop whether {@code break} has a loop to leave
     */
    static void check(List<? extends Node> nodes, boolean guarded, boolean inLoop) {
        nodes.forEach(node -> check(node, guarded, inLoop));
    }

    private static void check(Node node, boolean guarded, boolean inLoop) {
        if (node instanceof Use.Filtering filter && !guarded && !Filters.has(filter.name())) {
            throw TemplateException.syntax("No filter named '" + filter.name() + "'", node.line());
        }
        if (node instanceof Use.Testing test && !guarded && !Tests.has(test.name())) {
            throw TemplateException.syntax("No test named '" + test.name() + "'", node.line());
        }
        if (node instanceof Statement.Leave && !inLoop) {
            throw TemplateException.syntax("break or continue outside of a loop", node.line());
        }
        if (node instanceof ForLoop loop) {
            check(loop, guarded, inLoop);
        } else if (node instanceof BlockStatement block) {
            boolean isMacro =
                    block instanceof BlockStatement.MacroDefinition || block instanceof BlockStatement.CallBlock;
            check(block.outside(), guarded, inLoop);
            check(block.inside(), false, inLoop && !isMacro);
        } else {
            boolean guards = node instanceof IfStatement || node instanceof Operation.Conditional;
            check(node.parts(), guarded || guards, inLoop);
        }
    }

    private static void check(ForLoop loop, boolean guarded, boolean inLoop) {
        if (assignsLoop(loop.parts())) {
            throw TemplateException.syntax("Can't assign to special loop variable in for-loop target", loop.line());
        }
        check(loop.iterable(), guarded, inLoop);
        if (loop.test() != null) {
            check(loop.test(), false, false);
        }
        check(loop.body(), false, true);
        check(loop.otherwise(), false, inLoop && !loop.recursive());
    }

    private static boolean assignsLoop(List<? extends Node> nodes) {
        return nodes.stream()
                .anyMatch(node -> node instanceof Target.Variable variable
                                && variable.name().equals("loop")
                        || assignsLoop(node.parts()));
    }
}
