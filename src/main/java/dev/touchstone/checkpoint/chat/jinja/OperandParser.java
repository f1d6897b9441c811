package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The operands of expressions: names, constants and what is in brackets, with attributes, calls, filters and tests. */
final class OperandParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** A name, a constant or what is in brackets. */
    Expression primary() {
        Token token = tokens.current();
        switch (token.kind()) {
            case NAME:
                return name(tokens.next());
            case STRING:
                return string();
            case INTEGER, FLOAT:
                tokens.next();
                return new Literal.Constant(token.line(), token.value());
            default:
                return bracketed(token);
        }
    }

    private static Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Literal.Constant(token.line(), true);
            case "false", "False" -> new Literal.Constant(token.line(), false);
            case "none", "None" -> new Literal.Constant(token.line(), null);
            default -> new Access.Name(token.line(), token.text());
        };
    }

    /** Strings beside each other are one. */
    private Expression string() {
        int line = tokens.line();
        StringBuilder text = new StringBuilder();
        while (tokens.current().is(Kind.STRING)) {
            text.append(tokens.next().value());
        }
        return new Literal.Constant(line, text.toString());
    }

    private Expression bracketed(Token token) {
        if (tokens.skipOperator("(")) {
            Expression value = expressions.bracketedTuple();
            tokens.expectOperator(")");
            return value;
        }
        if (tokens.skipOperator("[")) {
            return new Literal.ListOf(token.line(), items("]"));
        }
        if (tokens.skipOperator("{")) {
            return dict(token.line());
        }
        throw TemplateException.syntax("unexpected " + token.description(), token.line());
    }

    /** Expressions with commas between them, up to {@code end}. */
    private List<Expression> items(String end) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(end)) {
            items.add(expressions.expression());
            if (!tokens.current().isOperator(end)) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private Expression dict(int line) {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            if (!tokens.current().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Literal.DictOf(line, keys, values);
    }

    /** What follows a value and binds more than a sign: {@code .name}, {@code [key]}, {@code (arguments)}. */
    Expression postfix(Expression value) {
        while (true) {
            int line = tokens.line();
            if (tokens.skipOperator(".")) {
                value = dot(value, line);
            } else if (tokens.skipOperator("[")) {
                value = subscript(value, line);
            } else if (tokens.current().isOperator("(")) {
                value = new Use.Calling(line, value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression dot(Expression owner, int line) {
        if (tokens.current().is(Kind.INTEGER)) {
            Object index = tokens.next().value();
            return new Access.Subscript(line, owner, new Literal.Constant(line, index));
        }
        return new Access.Dot(line, owner, tokens.expectName());
    }

    private Expression subscript(Expression owner, int line) {
        Expression start = tokens.current().isOperator(":") ? null : expressions.expression();
        if (!tokens.current().isOperator(":")) {
            return new Access.Subscript(line, owner, key(start, line));
        }
        tokens.next();
        Expression stop = bound();
        Expression step = tokens.skipOperator(":") ? bound() : null;
        tokens.expectOperator("]");
        return new Access.Slicing(line, owner, start, stop, step);
    }

    /** Several keys with commas between them are a tuple. */
    private Expression key(Expression first, int line) {
        List<Expression> keys = new ArrayList<>(List.of(first));
        while (!tokens.skipOperator("]")) {
            tokens.expectOperator(",");
            keys.add(expressions.expression());
        }
        return keys.size() == 1 ? first : new Literal.TupleOf(line, keys);
    }

    private Expression bound() {
        return tokens.current().isOperator(":") || tokens.current().isOperator("]") ? null : expressions.expression();
    }

    /** What follows a value and binds less than a sign. */
    Expression filtersAndTests(Expression value) {
        while (true) {
            int line = tokens.line();
            if (tokens.current().isOperator("|")) {
                value = filters(value);
            } else if (tokens.skipName("is")) {
                value = test(value, line);
            } else if (tokens.current().isOperator("(")) {
                value = new Use.Calling(line, value, arguments());
            } else {
                return value;
            }
        }
    }

    /** {@code | name(arguments)}, as often as it comes. */
    Expression filters(Expression value) {
        while (tokens.skipOperator("|")) {
            value = filter(value);
        }
        return value;
    }

    /** One filter without the bar before it. */
    Use.Filtering filter(Expression value) {
        int line = tokens.line();
        return new Use.Filtering(line, value, dottedName(), optionalArguments());
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expectName());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expectName());
        }
        return name.toString();
    }

    private ArgumentList optionalArguments() {
        return tokens.current().isOperator("(") ? arguments() : ArgumentList.NONE;
    }

    /** A single argument needs no brackets: {@code x is divisibleby 3}. */
    private Expression test(Expression value, int line) {
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        ArgumentList arguments = optionalArguments();
        if (arguments == ArgumentList.NONE && beginsArgument(tokens.current())) {
            if (tokens.current().isName("is")) {
                throw TemplateException.syntax("tests cannot be chained with is", tokens.line());
            }
            arguments = new ArgumentList(List.of(postfix(primary())), Map.of(), null, null);
        }
        Expression test = new Use.Testing(line, value, name, arguments);
        return negated ? new Operation.Not(line, test) : test;
    }

    private static boolean beginsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !List.of("else", "or", "and").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
    }

    private ArgumentList arguments() {
        int line = tokens.line();
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression rest = null;
        Expression namedRest = null;
        while (!tokens.skipOperator(")")) {
            boolean ordered = namedRest == null;
            if (tokens.skipOperator("*")) {
                ordered &= rest == null;
                rest = expressions.expression();
            } else if (tokens.skipOperator("**")) {
                namedRest = expressions.expression();
            } else if (tokens.current().is(Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                ordered &= named.put(name, expressions.expression()) == null;
            } else {
                ordered &= named.isEmpty() && rest == null;
                positional.add(expressions.expression());
            }
            if (!ordered) {
                throw TemplateException.syntax("the arguments of the call are repeated or in the wrong order", line);
            }
            if (!tokens.current().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new ArgumentList(positional, named, rest, namedRest);
    }
}
