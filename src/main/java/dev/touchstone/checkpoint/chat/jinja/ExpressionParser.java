package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Expressions, from what binds least to what binds most: {@code if}, {@code or}, {@code and}, {@code not}, comparisons, {@code +},
 * {@code ~}, {@code *}, {@code **}, signs, then filters and tests, then names, constants and what is in brackets.
 */
final class ExpressionParser {
    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    OperandParser operands() {
        return operands;
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
            value = operands.primary();
        } else {
            tokens.enter();
            value = new Operation.Unary(line, sign, unary(false));
            tokens.leave();
        }
        value = operands.postfix(value);
        return filtered ? operands.filtersAndTests(value) : value;
    }

    /** What is in round brackets: nothing at all is the empty tuple. */
    Expression bracketedTuple() {
        return tuple(true, true, "");
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
}
