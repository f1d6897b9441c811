package dev.touchstone.tokenizer.regex;

import dev.touchstone.tokenizer.regex.Node.Chars;
import dev.touchstone.tokenizer.regex.Node.Choice;
import dev.touchstone.tokenizer.regex.Node.Condition;
import dev.touchstone.tokenizer.regex.Node.Look;
import dev.touchstone.tokenizer.regex.Node.Sequence;
import java.util.BitSet;
import java.util.List;

/** Lookarounds, and the anchors and escapes that are made of them. */
final class Anchors {
    private Anchors() {}

    /** A lookahead or lookbehind. */
    static Condition condition(boolean positive, boolean ahead, Node body) {
        return new Condition(new Look(body, ahead), !positive);
    }

    /** {@code \A}: at the beginning of the text. */
    static Node begin() {
        return condition(false, false, new Chars(Sets.any()));
    }

    /** {@code \z}: at the end of the text. */
    static Node end() {
        return condition(false, true, new Chars(Sets.any()));
    }

    /** {@code \Z}: at the end of the text, or before a line feed that is the last character. */
    static Node endOrLastLineFeed() {
        return condition(
                true, true, new Choice(List.of(new Sequence(List.of(new Chars(Sets.of('\n')), end())), end())));
    }

    /** {@code $}: at the end of the text, or before a line feed. */
    static Node lineEnd() {
        return condition(false, true, new Chars(Sets.except('\n')));
    }

    /** {@code ^}: at the beginning of the text, or after a line feed that is not the last character. */
    static Node lineBegin() {
        Node after = new Sequence(List.of(
                condition(true, false, new Chars(Sets.of('\n'))), condition(true, true, new Chars(Sets.any()))));
        return new Choice(List.of(begin(), after));
    }

    /** {@code \b}, or {@code \B} if negated. */
    static Node wordBoundary(boolean negated) {
        Look before = new Look(new Chars(Sets.word()), false);
        Look after = new Look(new Chars(Sets.word()), true);
        return new Choice(List.of(
                new Sequence(List.of(new Condition(before, false), new Condition(after, !negated))),
                new Sequence(List.of(new Condition(before, true), new Condition(after, negated)))));
    }

    /** {@code \R}: {@code (?>\r\n|[\n-\r\x{85}\x{2028}\x{2029}])}. */
    static Node newline() {
        BitSet others = Sets.of('\n', 0x0B, '\f', 0x85, 0x2028, 0x2029);
        Node lineFeed = new Chars(Sets.of('\n'));
        Node carriageReturn = new Chars(Sets.of('\r'));
        return new Choice(List.of(
                new Sequence(List.of(carriageReturn, lineFeed)),
                new Sequence(List.of(carriageReturn, condition(false, true, lineFeed))),
                new Chars(others)));
    }
}
