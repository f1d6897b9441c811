package dev.touchstone.tokenizer.regex;

import dev.touchstone.tokenizer.regex.Node.Chars;
import dev.touchstone.tokenizer.regex.Node.Choice;
import dev.touchstone.tokenizer.regex.Node.Sequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Parses Oniguruma's syntax: groups, options and escapes. {@link ClassParser} parses single characters, {@link QuantifierParser} what
 * follows an item.
 */
final class Parser {
    private static final int DEEPEST = 200;

    private final Source source;
    private final ClassParser classes;
    private final QuantifierParser quantifiers;
    private boolean ignoreCase;
    private boolean dotAll;
    private int depth;
    private int lookbehinds;

    Parser(String expression) {
        this.source = new Source(expression);
        this.classes = new ClassParser(source);
        this.quantifiers = new QuantifierParser(source);
    }

    Node parse() {
        Node node = choice();
        if (!source.atEnd()) {
            throw source.error("a \")\" without a \"(\"");
        }
        return node;
    }

    /** Alternatives up to the end of the group. */
    private Node choice() {
        if (++depth > DEEPEST) {
            throw source.error("groups nested deeper than " + DEEPEST);
        }
        List<Node> items = new ArrayList<>(List.of(sequence()));
        while (source.take("|")) {
            items.add(sequence());
        }
        depth--;
        if (items.stream().allMatch(Chars.class::isInstance)) {
            BitSet union = new BitSet();
            items.forEach(item -> union.or(((Chars) item).set()));
            return new Chars(union);
        }
        return items.size() == 1 ? items.get(0) : new Choice(items);
    }

    private Node sequence() {
        List<Node> items = new ArrayList<>();
        int letter = -1; // the literal before, if case is ignored
        while (!source.atEnd() && !source.sees("|") && !source.sees(")")) {
            int at = source.position();
            Node item = item();
            if (item == null) {
                continue;
            }
            Node quantified = quantifiers.quantified(item);
            int next = ignoreCase && quantified == item ? literal(at) : -1;
            CaseFolding.checkPair(letter, next, source);
            letter = next;
            items.add(quantified);
        }
        return items.size() == 1 ? items.get(0) : new Sequence(items);
    }

    /** The character of an item that is one character, else -1. */
    private int literal(int at) {
        int c = source.codePointAt(at);
        return source.position() == at + Character.charCount(c) ? c : -1;
    }

    /** What a quantifier can follow; null for a comment. */
    private Node item() {
        int c = source.next();
        return switch (c) {
            case '(' -> group();
            case '[' -> new Chars(classes.bracket(ignoreCase));
            case '.' -> new Chars(dotAll ? Sets.any() : Sets.except('\n'));
            case '^' -> Anchors.lineBegin();
            case '$' -> Anchors.lineEnd();
            case '\\' -> escape();
            case '*', '+', '?' -> throw source.error("a quantifier without a target");
            default -> new Chars(CaseFolding.closure(Sets.of(c), ignoreCase, source));
        };
    }

    private Node group() {
        if (source.sees("*")) {
            throw source.unsupported("callouts (*name)");
        }
        boolean outerCase = ignoreCase;
        boolean outerDot = dotAll;
        Node node;
        if (!source.take("?")) {
            node = choice();
        } else if (source.take("#")) {
            source.skipTo(')');
            return null;
        } else if (source.take(":")) {
            node = choice();
        } else if (source.take("=")) {
            node = Anchors.condition(true, true, choice());
        } else if (source.take("!")) {
            node = Anchors.condition(false, true, choice());
        } else if (source.take("<=")) {
            node = Anchors.condition(true, false, lookbehind());
        } else if (source.take("<!")) {
            node = Anchors.condition(false, false, lookbehind());
        } else if (source.take(">")) {
            node = quantifiers.atomic(choice());
        } else if (source.take("<")) {
            source.skipTo('>'); // the name of a group, of use for backreferences only
            node = choice();
        } else if (source.take("'")) {
            source.skipTo('\'');
            node = choice();
        } else if (options()) {
            node = choice(); // the rest of the group around it
            ignoreCase = outerCase;
            dotAll = outerDot;
            return node;
        } else {
            node = choice();
        }
        ignoreCase = outerCase;
        dotAll = outerDot;
        source.expect(')');
        return node;
    }

    private Node lookbehind() {
        lookbehinds++;
        Node body = choice();
        lookbehinds--;
        return body;
    }

    /** Reads options such as {@code i-m:}; returns whether they end with ")" and apply to the rest of the group. */
    private boolean options() {
        boolean on = true;
        while (true) {
            int c = source.next();
            switch (c) {
                case 'i' -> ignoreCase = on;
                case 'm' -> dotAll = on;
                case '-' -> on = false;
                case ':' -> {
                    return false;
                }
                case ')' -> {
                    return true;
                }
                case '~' -> throw source.unsupported("absent functions (?~...)");
                case '(' -> throw source.unsupported("conditionals (?(...)...)");
                case '{' -> throw source.unsupported("callouts (?{...})");
                default -> throw source.unsupported("groups with the option \"" + Character.toString(c) + "\"");
            }
        }
    }

    private Node escape() {
        int c = source.peek();
        if (c >= '1' && c <= '9' || c == 'k') {
            throw source.unsupported("backreferences \\" + Character.toString(c));
        }
        switch (c) {
            case 'b', 'B' -> {
                source.next();
                return Anchors.wordBoundary(c == 'B');
            }
            case 'A' -> {
                source.next();
                return Anchors.begin();
            }
            case 'z' -> {
                source.next();
                return Anchors.end();
            }
            case 'Z' -> {
                source.next();
                return Anchors.endOrLastLineFeed();
            }
            case 'R' -> {
                if (lookbehinds > 0) { // Oniguruma finds only "\r\n" there
                    throw source.unsupported("escapes \\R in a lookbehind");
                }
                source.next();
                return Anchors.newline();
            }
            case 'N', 'O' -> throw source.unsupported("escapes \\" + Character.toString(c)); // Oniguruma misses matches
            case 'g' -> throw source.unsupported("calls \\g");
            case 'G' -> throw source.unsupported("anchors \\G");
            case 'K' -> throw source.unsupported("escapes \\K");
            case 'X', 'y', 'Y' -> throw source.unsupported("text segments \\" + Character.toString(c));
            default -> {
                return new Chars(classes.escape(false, ignoreCase));
            }
        }
    }
}
