package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Expressions, from what binds least to what binds most: {@code if}, {@code or}, {@code and}, {@code not}, comparisons, {@code +},
 * {@code ~}, {@code *}, {@code **}, signs, then filters and tests, then names, constants and what is in brackets.
 */
final class ExpressionParser {
    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Expression expression() {
        tokens.enter();
        int line = tokens.line();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            value = new Operation.Conditional(line, test, value, otherwise);
            line = tokens.line();
        }
        tokens.leave();
        return value;
    }

    /** An expression that is no {@code a if b else c}. */
    private Expression or() {
        int line = tokens.line();
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Operation.Or(line, left, and());
            line = tokens.line();
        }
        return left;
    }

    private Expression and() {
        int line = tokens.line();
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Operation.And(line, left, not());
            line = tokens.line();
        }
        return left;
    }

    private Expression not() {
        int line = tokens.line();
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression operand = not();
        tokens.leave();
        return new Operation.Not(line, operand);
    }

    private Expression comparison() {
        int line = tokens.line();
        List<Expression> operands = new ArrayList<>(List.of(sum()));
        List<String> operators = new ArrayList<>();
        for (String operator = comparator(); operator != null; operator = comparator()) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty() ? operands.get(0) : new Operation.Compare(line, operands, operators);
    }

    /** Reads an operator that compares; null if there is none. */
    private String comparator() {
        if (tokens.current().isName("not") && tokens.following().isName("in")) {
            tokens.next();
            tokens.next();
            return "not in";
        }
        if (tokens.skipName("in")) {
            return "in";
        }
        return operator("==", "!=", "<", "<=", ">", ">=");
    }

    /** Reads one of these operators; null if there is none. */
    private String operator(String... operators) {
        for (String operator : operators) {
            if (tokens.skipOperator(operator)) {
                return operator;
            }
        }
        return null;
    }

    private Expression sum() {
        return binary(this::concatenation, "+", "-");
    }

    private Expression concatenation() {
        int line = tokens.line();
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.get(0) : new Operation.Concat(line, parts);
    }

    private Expression product() {
        return binary(this::power, "*", "/", "//", "%");
    }

    private Expression power() {
        return binary(() -> unary(true), "**");
    }

    private Expression binary(Supplier<Expression> operand, String... operators) {
        int line = tokens.line();
        Expression left = operand.get();
        for (String operator = operator(operators); operator != null; operator = operator(operators)) {
            left = new Operation.Binary(line, left, operator, operand.get());
            line = tokens.line();
        }
        return left;
    }

    /** @param filtered whether filters and tests may follow, which bind less than a sign */
    private Expression unary(boolean filtered) {
        int line = tokens.line();
        String sign = operator("-", "+");
        Expression value;
        if (sign == null) {
            value = primary();
        } else {
            tokens.enter();
            value = new Operation.Unary(line, sign, unary(false));
            tokens.leave();
        }
        value = postfix(value);
        return filtered ? filtersAndTests(value) : value;
    }

    private Expression primary() {
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
            Expression value = tuple(true, true, "");
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
            items.add(expression());
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
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.current().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Literal.DictOf(line, keys, values);
    }

    /** One expression, or several with commas between them, which are a tuple. */
    Expression tuple() {
        return tuple(false, true, "");
    }

    /** The same where {@code if} has another meaning. */
    Expression tupleWithoutConditions(String end) {
        return tuple(false, false, end);
    }

    /**
     * @param emptyAllowed whether nothing at all is the empty tuple
     * @param conditional whether elements may be {@code a if b else c}
     * @param end a name that ends the tuple
     */
    private Expression tuple(boolean emptyAllowed, boolean conditional, String end) {
        int line = tokens.line();
        List<Expression> items = new ArrayList<>();
        boolean isTuple = false;
        while (!isTupleEnd(end)) {
            items.add(conditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (!isTuple && items.size() == 1) {
            return items.get(0);
        }
        if (!isTuple && !emptyAllowed) {
            throw TemplateException.syntax(
                    "expected an expression, got " + tokens.current().description(), tokens.line());
        }
        return new Literal.TupleOf(line, items);
    }

    private boolean isTupleEnd(String end) {
        Token token = tokens.current();
        return token.is(Kind.OUTPUT_END) || token.is(Kind.BLOCK_END) || token.isOperator(")") || token.isName(end);
    }

    private Expression postfix(Expression value) {
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
        Expression start = tokens.current().isOperator(":") ? null : expression();
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
            keys.add(expression());
        }
        return keys.size() == 1 ? first : new Literal.TupleOf(line, keys);
    }

    private Expression bound() {
        return tokens.current().isOperator(":") || tokens.current().isOperator("]") ? null : expression();
    }

    private Expression filtersAndTests(Expression value) {
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

    ArgumentList arguments() {
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
                rest = expression();
            } else if (tokens.skipOperator("**")) {
                namedRest = expression();
            } else if (tokens.current().is(Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                ordered &= named.put(name, expression()) == null;
            } else {
                ordered &= named.isEmpty() && rest == null;
                positional.add(expression());
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
