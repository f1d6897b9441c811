package dev.touchstone.tokenizer.regex;

import java.util.BitSet;

/** Parses what matches one character: escapes, properties and bracket expressions. */
final class ClassParser {
    private static final int DEEPEST = 100;
    private final Source source;
    private int depth;

    ClassParser(Source source) {
        this.source = source;
    }

    /** The rest of a bracket expression after its "[". */
    BitSet bracket(boolean ignoreCase) {
        if (++depth > DEEPEST) {
            throw source.error("brackets nested deeper than " + DEEPEST);
        }
        boolean negated = source.take("^");
        BitSet result = null;
        BitSet operand = new BitSet();
        boolean first = true;
        while (true) {
            if (source.sees("]") && !first) {
                source.next();
                break;
            }
            if (source.take("&&")) {
                if (negated) { // Oniguruma excludes too much
                    throw source.unsupported("negated brackets with &&");
                }
                result = and(result, operand);
                operand = new BitSet();
                continue;
            }
            item(operand, first, ignoreCase);
            first = false;
        }
        result = and(result, operand);
        depth--;
        CaseFolding.closure(result, ignoreCase, source);
        return negated ? Sets.inverted(result) : result;
    }

    private static BitSet and(BitSet result, BitSet operand) {
        if (result == null) {
            return operand;
        }
        result.and(operand);
        return result;
    }

    /** One character, range, property or nested bracket. */
    private void item(BitSet set, boolean first, boolean ignoreCase) {
        if (source.take("[:")) {
            String name = source.skipTo(':');
            source.expect(']');
            boolean negated = name.startsWith("^");
            BitSet named = Sets.posix(negated ? name.substring(1) : name);
            if (named == null) {
                throw source.unsupported("brackets [:" + name + ":]");
            }
            set.or(negated ? Sets.inverted(named) : named);
        } else if (source.take("[")) {
            set.or(bracket(ignoreCase));
        } else {
            int begin = source.position();
            int c = source.next();
            BitSet single = c == '\\' ? escape(true, false) : Sets.of(c);
            if (!source.sees("-") || source.sees("-]")) {
                set.or(single);
                return;
            }
            if (single.cardinality() != 1) {
                throw source.unsupported("ranges that begin with a class");
            }
            if (c == '-' && !first) {
                throw source.unsupported("ranges that begin with an unescaped \"-\"");
            }
            source.next();
            int lastBegin = source.position();
            int last = source.next();
            BitSet end = last == '\\' ? escape(true, false) : Sets.of(last);
            if (last == '[' || end.cardinality() != 1) {
                throw source.unsupported("ranges that end with a class");
            }
            int from = single.nextSetBit(0);
            int to = end.nextSetBit(0);
            if (from > to) {
                throw source.error("an empty range");
            }
            set.set(from, to + 1);
        }
    }

    /** The characters of an escape, after its backslash. */
    BitSet escape(boolean inBracket, boolean ignoreCase) {
        int c = source.next();
        return switch (c) {
            case 'w' -> inBracket ? Sets.posix("word") : Sets.word();
            case 'W' -> Sets.inverted(inBracket ? Sets.posix("word") : Sets.word());
            case 'd' -> Sets.posix("digit");
            case 'D' -> Sets.inverted(Sets.posix("digit"));
            case 's' -> Sets.posix("space");
            case 'S' -> Sets.inverted(Sets.posix("space"));
            case 'h' -> Sets.posix("xdigit");
            case 'H' -> Sets.inverted(Sets.posix("xdigit"));
            case 'p', 'P' -> property(c == 'P', inBracket);
            default -> CaseFolding.closure(Sets.of(character(c)), ignoreCase, source);
        };
    }

    private BitSet property(boolean negated, boolean inBracket) {
        if (!source.take("{")) {
            throw source.unsupported("properties without braces");
        }
        boolean inverted = source.take("^") != negated;
        String name = source.skipTo('}');
        BitSet set = Sets.property(name, inBracket);
        if (set == null) {
            throw source.unsupported("characters of the property \"" + name + "\"");
        }
        return inverted ? Sets.inverted(set) : set;
    }

    private int character(int c) {
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'b' -> '\b'; // in brackets only; elsewhere it is a word boundary
            case 'v' -> 0x0B;
            case 'a' -> 0x07;
            case 'e' -> 0x1B;
            case 'u' -> source.hexadecimal(4, 4);
            case 'x' -> source.take("{") ? bracedCharacter() : byteCharacter();
            default -> {
                if (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
                    throw source.unsupported("escapes \\" + Character.toString(c));
                }
                yield c;
            }
        };
    }

    private int bracedCharacter() {
        int codePoint = source.hexadecimal(1, 8);
        source.expect('}');
        return codePoint;
    }

    private int byteCharacter() {
        int value = source.hexadecimal(1, 2);
        if (value > 0x7F) {
            throw source.unsupported("single bytes \\xHH above 7F");
        }
        return value;
    }
}
