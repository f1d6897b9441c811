package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Statements: the tags of a template and the text between them. */
final class Parser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** Throws {@link TemplateException} for what is no template. */
    static List<Statement> parse(String source) {
        TokenStream tokens = new TokenStream(Lexer.tokens(source));
        return new Parser(tokens).statements(List.of());
    }

    /** What comes up to one of the tags that end it, whose name is the current token then. */
    private List<Statement> statements(List<String> ends) {
        List<Statement> statements = new ArrayList<>();
        int line = tokens.line();
        while (!tokens.current().is(Kind.END)) {
            Token token = tokens.next();
            switch (token.kind()) {
                case TEXT -> statements.add(new Statement.Verbatim(token.line(), token.text()));
                case OUTPUT_BEGIN -> {
                    Expression value = expressions.tuple();
                    tokens.expect(Kind.OUTPUT_END);
                    statements.add(new Statement.Output(token.line(), value));
                }
                default -> {
                    if (tokens.current().is(Kind.NAME)
                            && ends.contains(tokens.current().text())) {
                        return statements;
                    }
                    tokens.enter();
                    statements.addAll(statement());
                    tokens.leave();
                    tokens.expect(Kind.BLOCK_END);
                }
            }
        }
        if (!ends.isEmpty()) {
            throw TemplateException.syntax("the template ends before the tag " + String.join(" or ", ends), line);
        }
        return statements;
    }

    /** The body of a statement, up to one of the tags that end it. A colon may stand before it. */
    private List<Statement> body(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END);
        return statements(List.of(ends));
    }

    /** The same where only one tag ends it, which is read too. */
    private List<Statement> wholeBody(String end) {
        List<Statement> body = body(end);
        tokens.next();
        return body;
    }

    private List<Statement> statement() {
        int line = tokens.line();
        String tag = tokens.expectName();
        return switch (tag) {
            case "if" -> List.of(ifStatement(line));
            case "for" -> List.of(forLoop(line));
            case "set" -> List.of(set(line));
            case "macro" -> List.of(macro(line));
            case "call" -> List.of(call(line));
            case "filter" -> List.of(filter(line));
            case "with" -> List.of(with(line));
            case "print" -> print(line);
            case "break" -> List.of(new Statement.Leave(line, Flow.BREAK));
            case "continue" -> List.of(new Statement.Leave(line, Flow.CONTINUE));
            case "generation" ->
                List.of(new BlockStatement.CallBlock(
                        line, null, MacroBody.of(null, List.of(), List.of(), wholeBody("endgeneration"))));
            case "include", "import", "from", "extends" -> List.of(otherTemplate(tag, line));
            case "block", "autoescape" ->
                throw TemplateException.syntax("the tag '" + tag + "' is not supported", line);
            default -> throw TemplateException.syntax("unknown tag '" + tag + "'", line);
        };
    }

    /** A tag that needs another template, of which there is none: an error where it is reached, as in transformers. */
    private Statement otherTemplate(String tag, int line) {
        while (!tokens.current().is(Kind.BLOCK_END) && !tokens.current().is(Kind.END)) {
            tokens.next();
        }
        return new Statement.Failure(line, "the tag '" + tag + "' needs another template, which a model does not have");
    }

    private Statement ifStatement(int line) {
        List<Expression> tests = new ArrayList<>();
        List<List<Statement>> bodies = new ArrayList<>();
        String end;
        do {
            tests.add(expressions.tupleWithoutConditions(""));
            bodies.add(body("elif", "else", "endif"));
            end = tokens.next().text();
        } while (end.equals("elif"));
        return new IfStatement(line, tests, bodies, end.equals("else") ? wholeBody("endif") : List.of());
    }

    private Statement forLoop(int line) {
        Target target = target("in", false);
        tokens.expectName("in");
        Expression iterable = expressions.tupleWithoutConditions("recursive");
        Expression test = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        List<Statement> body = body("endfor", "else");
        List<Statement> otherwise = tokens.next().text().equals("else") ? wholeBody("endfor") : List.of();
        return ForLoop.of(line, target, iterable, test, recursive, body, otherwise);
    }

    private Statement set(int line) {
        Target target = target("", true);
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(line, target, expressions.tuple());
        }
        Use.Filtering filter = (Use.Filtering) expressions.operands().filters(null);
        List<Statement> body = wholeBody("endset");
        return new BlockStatement.AssignBlock(line, target, filter, body, Names.of(List.of(), body));
    }

    /**
     * One target, or several with commas between them.
     *
     * @param end the name that ends them
     * @param attributes whether an attribute of a namespace may be one
     */
    private Target target(String end, boolean attributes) {
        int line = tokens.line();
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        while (!tokens.current().isName(end)
                && !tokens.current().is(Kind.BLOCK_END)
                && !tokens.current().isOperator(")")) {
            targets.add(singleTarget(attributes));
            if (!tokens.skipOperator(",")) {
                break;
            }
            several = true;
        }
        if (!several && targets.size() == 1) {
            return targets.get(0);
        }
        if (!several) {
            throw TemplateException.syntax(
                    "expected a name to assign to, got " + tokens.current().description(), line);
        }
        return new Target.Several(line, targets);
    }

    private Target singleTarget(boolean attributes) {
        int line = tokens.line();
        if (tokens.skipOperator("(")) {
            Target inner = tokens.current().isOperator(")") ? new Target.Several(line, List.of()) : target("", false);
            tokens.expectOperator(")");
            return inner;
        }
        String name = assignable(tokens.expectName(), line);
        return attributes && tokens.skipOperator(".")
                ? new Target.Attribute(line, name, tokens.expectName())
                : new Target.Variable(line, name);
    }

    private static String assignable(String name, int line) {
        if (List.of("true", "false", "none", "True", "False", "None").contains(name)) {
            throw TemplateException.syntax("cannot assign to '" + name + "'", line);
        }
        return name;
    }

    private Statement macro(int line) {
        String name = assignable(tokens.expectName(), line);
        List<Target.Variable> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        signature(parameters, defaults);
        return new BlockStatement.MacroDefinition(
                line, MacroBody.of(name, parameters, defaults, wholeBody("endmacro")));
    }

    private void signature(List<Target.Variable> parameters, List<Expression> defaults) {
        int line = tokens.line();
        Set<String> names = new HashSet<>();
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String name = assignable(tokens.expectName(), line);
            if (!names.add(name)) {
                throw TemplateException.syntax("the parameter '" + name + "' is given twice", line);
            }
            parameters.add(new Target.Variable(line, name));
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw TemplateException.syntax("a parameter without default follows one with a default", line);
            }
        }
    }

    private Statement call(int line) {
        List<Target.Variable> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.current().isOperator("(")) {
            signature(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Use.Calling called)) {
            throw TemplateException.syntax("the tag call is without a call", line);
        }
        MacroBody body = MacroBody.of(null, parameters, defaults, wholeBody("endcall"));
        return new BlockStatement.CallBlock(line, called, body);
    }

    private Statement filter(int line) {
        Use.Filtering filter = expressions.operands().filter(null);
        filter = tokens.current().isOperator("|")
                ? (Use.Filtering) expressions.operands().filters(filter)
                : filter;
        List<Statement> body = wholeBody("endfilter");
        List<Node> parts = new ArrayList<>(body);
        parts.add(filter);
        return new BlockStatement.FilterBlock(line, filter, body, Names.of(List.of(), parts));
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.current().is(Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target("", false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        List<Statement> body = wholeBody("endwith");
        List<String> names = targets.stream()
                .flatMap(target -> ForLoop.variables(target).stream())
                .toList();
        return new BlockStatement.With(line, targets, values, body, Names.of(names, body));
    }

    private List<Statement> print(int line) {
        List<Statement> outputs = new ArrayList<>();
        while (!tokens.current().is(Kind.BLOCK_END)) {
            if (!outputs.isEmpty()) {
                tokens.expectOperator(",");
            }
            outputs.add(new Statement.Output(line, expressions.expression()));
        }
        return outputs;
    }
}
