package dev.touchstone.tokenizer.regex;

import dev.touchstone.tokenizer.regex.Node.Chars;
import dev.touchstone.tokenizer.regex.Node.Choice;
import dev.touchstone.tokenizer.regex.Node.Condition;
import dev.touchstone.tokenizer.regex.Node.Repeat;
import dev.touchstone.tokenizer.regex.Node.Sequence;
import java.util.List;

/** Parses quantifiers: greedy, lazy and possessive ones, and intervals. */
final class QuantifierParser {
    private static final int LARGEST_REPETITION = 100_000; // Oniguruma's own limit

    private final Source source;

    QuantifierParser(Source source) {
        this.source = source;
    }

    /** An item with the quantifiers that follow it. */
    Node quantified(Node item) {
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
    Node atomic(Node node) {
        if (node instanceof Chars) {
            return node;
        }
        if (node instanceof Repeat repeat
                && repeat.body() instanceof Chars body
                && !repeat.lazy()
                && (repeat.max() == Repeat.UNBOUNDED || repeat.min() == 0 && repeat.max() == 1)) {
            Node end = Anchors.condition(false, true, body);
            return repeat.max() == 1 ? new Choice(List.of(body, end)) : new Sequence(List.of(repeat, end));
        }
        throw source.unsupported("possessive quantifiers and atomic groups of more than one set of characters");
    }
}
