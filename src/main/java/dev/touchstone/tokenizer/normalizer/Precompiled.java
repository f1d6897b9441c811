package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Graphemes;
import dev.touchstone.util.TouchstoneException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * SentencePiece's normalizer: rules that its trainer has compiled to a double-array trie (Aoe 1989) of the UTF-8 to replace,
 * whose values are offsets of zero-terminated replacements.
 */
public final class Precompiled implements Normalizer {
    private static final int LONGEST_CLUSTER = 5; // in bytes; of longer clusters each character is looked up alone

    private final int[] trie;
    private final byte[] replacements;

    /** @param charsmap the length of the trie in bytes, the trie as little-endian ints, and the replacements as UTF-8 */
    public Precompiled(byte[] charsmap) {
        ByteBuffer buffer = ByteBuffer.wrap(charsmap).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int size = buffer.getInt() >>> 2;
            if (size == 0 || size > buffer.remaining() / 4) {
                throw new BufferUnderflowException();
            }
            trie = new int[size];
            buffer.asIntBuffer().get(trie);
            buffer.position(buffer.position() + 4 * size);
            replacements = new byte[buffer.remaining()];
            buffer.get(replacements);
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
        } catch (BufferUnderflowException e) {
            throw new TouchstoneException(
                    "precompiled_charsmap has " + charsmap.length
                            + " bytes, fewer than its first four announce; download or save the file again",
                    e);
        } catch (CharacterCodingException e) {
            throw new TouchstoneException(
                    "the replacements of precompiled_charsmap are not UTF-8; download or save the file again", e);
        }
    }

    @Override
    public Piece normalize(Piece piece) {
        Output output = new Output();
        String text = piece.text();
        for (int begin = 0, end; begin < text.length(); begin = end) {
            end = Graphemes.end(text, begin);
            String cluster = text.substring(begin, end);
            String replacement = utf8Length(cluster) <= LONGEST_CLUSTER ? replacement(cluster) : null;
            if (replacement != null) {
                output.replace(cluster, replacement);
                continue;
            }
            cluster.codePoints().mapToObj(Character::toString).forEach(character -> {
                String single = replacement(character);
                if (single != null) {
                    output.replace(character, single);
                } else {
                    output.keep(character);
                }
            });
        }
        return output.modified ? output.piece(piece) : piece;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** That of the shortest prefix that has one, as in Hugging Face's library; null if there is none. */
    private String replacement(String text) {
        int node = offset(trie[0]);
        for (byte signed : text.getBytes(StandardCharsets.UTF_8)) {
            int b = signed & 0xFF;
            node ^= b;
            if (b == 0 || !isUnit(node) || (trie[node] & 0x8000_00FF) != b) {
                return null;
            }
            boolean leaf = (trie[node] >>> 8 & 1) == 1;
            node ^= offset(trie[node]);
            if (leaf) {
                return isUnit(node) ? replacementAt(trie[node] & 0x7FFF_FFFF) : null;
            }
        }
        return null;
    }

    private boolean isUnit(int node) {
        return node >= 0 && node < trie.length;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private String replacementAt(int start) {
        if (start > replacements.length) {
            return null;
        }
        int end = start;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return new String(replacements, start, end - start, StandardCharsets.UTF_8);
    }

    /** The normalized characters, each with the number of characters of the input that it takes. */
    private static final class Output {
        private final StringBuilder text = new StringBuilder();
        private final List<int[]> characters =
                new ArrayList<>(); // length in chars; 1 if added, else minus those removed
        private boolean modified;

        void keep(String character) {
            text.append(character);
            characters.add(new int[] {character.length(), 0});
        }

        void replace(String old, String replacement) {
            modified = true;
            text.append(replacement);
            replacement.codePoints().forEach(c -> characters.add(new int[] {Character.charCount(c), 0}));
            int difference = replacement.codePointCount(0, replacement.length()) - old.codePointCount(0, old.length());
            for (int i = 0; i < difference; i++) {
                characters.get(characters.size() - 1 - i)[1] = 1;
            }
            if (difference < 0 && !characters.isEmpty()) {
                characters.get(characters.size() - 1)[1] += difference;
            }
        }

        /** Follows the library's alignment to find what comes from the first character of the input. */
        Piece piece(Piece input) {
            int first = input.text().codePointCount(0, input.fromStart());
            int at = 0; // in code points of the input
            int fromStart = 0;
            for (int[] character : characters) {
                boolean added = character[1] > 0;
                int source = added ? at - 1 : at;
                if (first == 0 || source >= first) {
                    break;
                }
                fromStart += character[0];
                at += added ? 0 : 1 - character[1];
            }
            return new Piece(text.toString(), fromStart);
        }
    }
}
