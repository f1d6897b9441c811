package dev.touchstone.tokenizer.regex;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/** The syntax tree of a regular expression. */
sealed interface Node {
    /** Matches the empty text. */
    Node EMPTY = new Sequence(List.of());

    /** Whether it can match the empty text. */
    boolean isNullable();

    /** The tree that matches the reversed texts. Lookarounds keep their direction: they are conditions on a position. */
    Node reversed();

    /** One code point of a set. */
    record Chars(BitSet set) implements Node {
        @Override
        public boolean isNullable() {
            return false;
        }

        @Override
        public Node reversed() {
            return this;
        }
    }

    /** One after the other. */
    record Sequence(List<Node> items) implements Node {
        @Override
        public boolean isNullable() {
            return items.stream().allMatch(Node::isNullable);
        }

        @Override
        public Node reversed() {
            List<Node> reversed =
                    new ArrayList<>(items.stream().map(Node::reversed).toList());
            Collections.reverse(reversed);
            return new Sequence(reversed);
        }
    }

    /** The first of several that leads to a match. */
    record Choice(List<Node> items) implements Node {
        @Override
        public boolean isNullable() {
            return items.stream().anyMatch(Node::isNullable);
        }

        @Override
        public Node reversed() {
            return new Choice(items.stream().map(Node::reversed).toList());
        }
    }

    /**
     * Several times the same.
     *
     * @param max the largest number of times, or {@link #UNBOUNDED}
     * @param lazy whether few times are tried before many
     */
    record Repeat(Node body, int min, int max, boolean lazy) implements Node {
        static final int UNBOUNDED = -1;

        @Override
        public boolean isNullable() {
            return min == 0 || body.isNullable();
        }

        @Override
        public Node reversed() {
            return new Repeat(body.reversed(), min, max, lazy);
        }
    }

    /** A condition on a position: a lookaround, positive or negated. */
    record Condition(Look look, boolean negated) implements Node {
        @Override
        public boolean isNullable() {
            return true;
        }

        @Override
        public Node reversed() {
            return this;
        }
    }

    /** What a match must begin at a position, or end there. */
    record Look(Node body, boolean ahead) {}
}
