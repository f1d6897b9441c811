package dev.touchstone.tokenizer.model;

import dev.touchstone.util.TouchstoneException;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * BERT's model: the longest token at the beginning of a piece, then the longest one that continues it, and so on. A piece
 * that cannot be covered so becomes the unknown token.
 */
public final class WordPiece implements TokenModel {
    private final Map<String, Integer> ids;
    private final String unknown;
    private final String prefix;
    private final int mostCharacters;
    private final int longest; // token, in chars

    /**
     * @param prefix what tokens begin with that continue a piece, such as {@code ##}
     * @param mostCharacters longer pieces become the unknown token
     */
    public WordPiece(Map<String, Integer> ids, String unknown, String prefix, int mostCharacters) {
        this.ids = ids;
        this.unknown = unknown;
        this.prefix = prefix;
        this.mostCharacters = mostCharacters;
        this.longest = ids.keySet().stream().mapToInt(String::length).max().orElse(0);
    }

    @Override
    public void encode(String piece, IntConsumer out) {
        IntStream.Builder found = IntStream.builder();
        boolean covered = piece.codePointCount(0, piece.length()) <= mostCharacters;
        for (int start = 0, end; covered && start < piece.length(); start = end) {
            end = end(piece, start);
            covered = end > start;
            if (covered) {
                found.add(ids.get(token(piece, start, end)));
            }
        }
        if (covered) {
            found.build().forEach(out);
        } else {
            out.accept(unknownId(piece));
        }
    }

    /** The end of the longest token, or the start if there is none. */
    private int end(String piece, int start) {
        int end = Math.min(piece.length(), start + longest);
        while (end > start && !ids.containsKey(token(piece, start, end))) {
            end -= Character.charCount(piece.codePointBefore(end));
        }
        return Math.max(start, end);
    }

    private String token(String piece, int start, int end) {
        return (start > 0 ? prefix : "") + piece.substring(start, end);
    }

    private int unknownId(String piece) {
        Integer id = ids.get(unknown);
        if (id == null) {
            throw new TouchstoneException("the vocabulary has neither the parts of the word \"" + piece
                    + "\" nor the unknown token \"" + unknown + "\"; use words that it has");
        }
        return id;
    }
}
