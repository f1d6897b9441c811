package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template, read from the first to the last. */
final class TokenStream {
    private static final int DEPTH = 200;

    private final List<Token> tokens;
    private int place;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** The token that is read next. */
    Token current() {
        return tokens.get(place);
    }

    /** The token after that. */
    Token following() {
        return tokens.get(Math.min(place + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    Token next() {
        Token token = current();
        place = Math.min(place + 1, tokens.size() - 1);
        return token;
    }

    boolean skipName(String name) {
        return skip(current().isName(name));
    }

    boolean skipOperator(String operator) {
        return skip(current().isOperator(operator));
    }

    private boolean skip(boolean found) {
        if (found) {
            next();
        }
        return found;
    }

    Token expect(Kind kind) {
        return current().is(kind) ? next() : fail(new Token(kind, "", null, 0).description());
    }

    String expectName() {
        return current().is(Kind.NAME) ? next().text() : fail("a name").text();
    }

    void expectName(String name) {
        if (!skipName(name)) {
            fail("'" + name + "'");
        }
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            fail("'" + operator + "'");
        }
    }

    private Token fail(String expected) {
        throw TemplateException.syntax(
                "expected " + expected + ", got " + current().description(), line());
    }

    /** One expression or statement deeper. */
    void enter() {
        if (++depth > DEPTH) {
            throw TemplateException.syntax("the template is nested more than " + DEPTH + " deep", line());
        }
    }

    void leave() {
        depth--;
    }
}
