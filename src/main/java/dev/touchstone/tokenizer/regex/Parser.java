package dev.touchstone.tokenizer.regex;

import dev.touchstone.tokenizer.regex.Node.Chars;
import dev.touchstone.tokenizer.regex.Node.Choice;
import dev.touchstone.tokenizer.regex.Node.Condition;
import dev.touchstone.tokenizer.regex.Node.Look;
import dev.touchstone.tokenizer.regex.Node.Repeat;
import dev.touchstone.tokenizer.regex.Node.Sequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Parses Oniguruma's syntax: groups, quantifiers, lookarounds and anchors. {@link ClassParser} parses single characters. */
final class Parser {
    private static final int LARGEST_REPETITION = 100_000; // Oniguruma's own limit
    private static final int DEEPEST = 200;

    private final Source source;
    private final ClassParser classes;
    private boolean ignoreCase;
    private boolean dotAll;
    private int depth;
    private int lookbehinds;

    Parser(String expression) {
        this.source = new Source(expression);
        this.classes = new ClassParser(source);
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
            Node quantified = quantified(item);
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
            case '[' -> chars(classes.bracket(ignoreCase));
            case '.' -> chars(dotAll ? Sets.any() : Sets.except('\n'));
            case '^' -> lineBegin();
            case '$' -> condition(false, true, chars(Sets.except('\n')));
            case '\\' -> escape();
            case '*', '+', '?' -> throw source.error("a quantifier without a target");
            default -> chars(CaseFolding.closure(Sets.of(c), ignoreCase, source));
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
            node = condition(true, true, choice());
        } else if (source.take("!")) {
            node = condition(false, true, choice());
        } else if (source.take("<=")) {
            node = condition(true, false, lookbehind());
        } else if (source.take("<!")) {
            node = condition(false, false, lookbehind());
        } else if (source.take(">")) {
            node = atomic(choice());
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
                return wordBoundary(c == 'B');
            }
            case 'A' -> {
                source.next();
                return condition(false, false, chars(Sets.any()));
            }
            case 'z' -> {
                source.next();
                return condition(false, true, chars(Sets.any()));
            }
            case 'Z' -> {
                source.next();
                Node end = condition(false, true, chars(Sets.any()));
                return condition(
                        true, true, new Choice(List.of(new Sequence(List.of(chars(Sets.of('\n')), end)), end)));
            }
            case 'R' -> {
                if (lookbehinds > 0) { // Oniguruma finds only "\r\n" there
                    throw source.unsupported("escapes \\R in a lookbehind");
                }
                source.next();
                return newline();
            }
            case 'N', 'O' -> throw source.unsupported("escapes \\" + Character.toString(c)); // Oniguruma misses matches
            case 'g' -> throw source.unsupported("calls \\g");
            case 'G' -> throw source.unsupported("anchors \\G");
            case 'K' -> throw source.unsupported("escapes \\K");
            case 'X', 'y', 'Y' -> throw source.unsupported("text segments \\" + Character.toString(c));
            default -> {
                return chars(classes.escape(false, ignoreCase));
            }
        }
    }

    private static Chars chars(BitSet set) {
        return new Chars(set);
    }

    private static Condition condition(boolean positive, boolean ahead, Node body) {
        return new Condition(new Look(body, ahead), !positive);
    }

    /** At the beginning of the text, or after a line feed that is not the last character. */
    private static Node lineBegin() {
        Node after = new Sequence(
                List.of(condition(true, false, chars(Sets.of('\n'))), condition(true, true, chars(Sets.any()))));
        return new Choice(List.of(condition(false, false, chars(Sets.any())), after));
    }

    private static Node wordBoundary(boolean negated) {
        Look before = new Look(chars(Sets.word()), false);
        Look after = new Look(chars(Sets.word()), true);
        return new Choice(List.of(
                new Sequence(List.of(new Condition(before, false), new Condition(after, !negated))),
                new Sequence(List.of(new Condition(before, true), new Condition(after, negated)))));
    }

    /** {@code (?>\r\n|[\n-\r\x{85}\x{2028}\x{2029}])}. */
    private static Node newline() {
        BitSet others = Sets.of('\n', 0x0B, '\f', 0x85, 0x2028, 0x2029);
        Node lineFeed = chars(Sets.of('\n'));
        Node carriageReturn = chars(Sets.of('\r'));
        return new Choice(List.of(
                new Sequence(List.of(carriageReturn, lineFeed)),
                new Sequence(List.of(carriageReturn, condition(false, true, lineFeed))),
                chars(others)));
    }

    private Node quantified(Node item) {
        Node node = item;
        while (true) {
            int begin = source.position();
            if (source.take("?")) {
                node = mode(node, 0, 1);
            } else if (source.take("*")) {
                node = mode(node, 0, Repeat.UNBOUNDED);
            } else if (source.take("+")) {
                node = mode(node, 1, Repeat.UNBOUNDED);
            } else if (source.take("{")) {
                Node repeated = interval(node);
                if (repeated == null) {
                    source.moveTo(begin); // a literal brace
                    return node;
                }
                node = repeated;
            } else {
                return node;
            }
        }
    }

    /** With the mark of a lazy or possessive quantifier that may follow. */
    private Node mode(Node node, int min, int max) {
        if (source.take("?")) {
            return repeat(node, min, max, true);
        }
        Node repeat = repeat(node, min, max, false);
        return source.take("+") ? atomic(repeat) : repeat;
    }

    /** {@code {n}}, {@code {n,}}, {@code {,m}} or {@code {n,m}}; null if it is none of these. */
    private Node interval(Node node) {
        int min = source.number();
        boolean comma = source.take(",");
        int max = comma ? source.number() : min;
        if (!source.take("}") || min < 0 && max < 0) {
            return null;
        }
        if (min > LARGEST_REPETITION || max > LARGEST_REPETITION) {
            throw source.error("a repetition of more than " + LARGEST_REPETITION);
        }
        if (max >= 0 && max < min) {
            throw source.unsupported("possessive intervals {n,m} with n > m");
        }
        boolean lazy = comma && source.take("?"); // {n}? is an optional {n}
        return repeat(node, Math.max(0, min), max, lazy);
    }

    private Repeat repeat(Node node, int min, int max, boolean lazy) {
        if (node instanceof Condition) {
            throw source.unsupported("quantifiers after a lookaround or an anchor");
        }
        if (max == Repeat.UNBOUNDED && node.isNullable()) {
            throw source.unsupported("unbounded repetitions of something that can be empty");
        }
        return new Repeat(node, min, max, lazy);
    }

    /** What matches only in the preferred way. Exact for one set of characters, however often: nothing of it may follow. */
    private Node atomic(Node node) {
        if (node instanceof Chars) {
            return node;
        }
        if (node instanceof Repeat repeat
                && repeat.body() instanceof Chars body
                && !repeat.lazy()
                && (repeat.max() == Repeat.UNBOUNDED || repeat.min() == 0 && repeat.max() == 1)) {
            Node end = condition(false, true, body);
            return repeat.max() == 1 ? new Choice(List.of(body, end)) : new Sequence(List.of(repeat, end));
        }
        throw source.unsupported("possessive quantifiers and atomic groups of more than one set of characters");
    }
}
