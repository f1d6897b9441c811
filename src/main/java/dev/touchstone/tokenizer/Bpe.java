package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): a piece starts as single characters. While any adjacent
 * pair has a merge, the pair with the lowest rank is merged, leftmost first. With the merges {@code l o} and {@code lo w}:
 * {@code l o w l o -> lo w l o -> lo w lo -> low lo}.
 */
public final class Bpe implements TokenModel {
    private static final int GONE = -1;

    /**
     * Options that GPT-2's tokenizer does not use.
     *
     * @param unknown the token for a character outside the vocabulary; if null, such characters are dropped
     * @param fuseUnknown whether a run of such characters becomes one unknown token
     * @param byteFallback whether such a character becomes byte tokens such as {@code <0xE2>}, if the vocabulary has all of them
     * @param ignoreMerges whether a piece that is a token becomes that token without merging
     */
    public record Options(String unknown, boolean fuseUnknown, boolean byteFallback, boolean ignoreMerges) {
        /** GPT-2's: all off. */
        public static final Options NONE = new Options(null, false, false, false);
    }

    private final Map<Integer, Integer> idOfCharacter = new HashMap<>();
    private final Map<String, Integer> idOfPiece;
    private final Integer[] idOfByte = new Integer[256];
    private final Merges merges;
    private final Options options;
    private final Integer unknownId;

    /** A BPE without options. */
    public Bpe(Map<String, Integer> ids, List<Merge> merges) {
        this(ids, merges, Options.NONE);
    }

    /**
     * Throws if a merge's parts or product are not in the vocabulary.
     *
     * @param ids the vocabulary
     * @param merges lowest rank first
     */
    public Bpe(Map<String, Integer> ids, List<Merge> merges, Options options) {
        this.merges = new Merges(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            int left = id(ids, merge.left(), merge, rank);
            int right = id(ids, merge.right(), merge, rank);
            this.merges.put(rank, left, right, id(ids, merge.left() + merge.right(), merge, rank));
        }
        this.options = options;
        this.unknownId = options.unknown == null ? null : ids.get(options.unknown);
        this.idOfPiece = options.ignoreMerges ? ids : Map.of();
        for (int b = 0; options.byteFallback && b < idOfByte.length; b++) {
            idOfByte[b] = ids.get("<0x%02X>".formatted(b));
        }
        ids.forEach((token, id) -> {
            if (!token.isEmpty() && token.codePointCount(0, token.length()) == 1) {
                idOfCharacter.put(token.codePointAt(0), id);
            }
        });
    }

    private static int id(Map<String, Integer> ids, String token, Merge merge, int rank) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new TouchstoneException("merge " + (rank + 1) + ", \"" + merge + "\", needs the token \"" + token
                    + "\", which is not in the vocabulary; vocabulary and merges must be of one model");
        }
        return id;
    }

    @Override
    public void encode(String piece, IntConsumer ids) {
        Integer whole = idOfPiece.get(piece);
        if (whole != null) {
            ids.accept(whole);
            return;
        }
        int[] symbols = symbols(piece);
        merge(symbols);
        for (int symbol : symbols) {
            if (symbol != GONE) {
                ids.accept(symbol);
            }
        }
    }

    private int[] symbols(String piece) {
        int[] symbols = new int[options.byteFallback ? 3 * piece.length() : piece.length()];
        int n = 0;
        boolean waiting =
                false; // an unknown token not yet written: others may be fused with it, byte tokens come before it
        for (int i = 0, c; i < piece.length(); i += Character.charCount(c)) {
            c = piece.codePointAt(i);
            Integer id = idOfCharacter.get(c);
            int bytes = id == null && options.byteFallback ? putBytes(Character.toString(c), symbols, n) : 0;
            if (bytes > 0) {
                n += bytes;
            } else if (id != null || isUnknown(c)) {
                if (waiting && !(id == null && options.fuseUnknown)) {
                    symbols[n++] = unknownId;
                }
                waiting = id == null;
                if (id != null) {
                    symbols[n++] = id;
                }
            }
        }
        if (waiting) {
            symbols[n++] = unknownId;
        }
        return Arrays.copyOf(symbols, n);
    }

    /** Writes the byte tokens of a character; returns their number, or 0 if one is not in the vocabulary. */
    private int putBytes(String character, int[] symbols, int at) {
        byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            Integer id = idOfByte[bytes[i] & 0xFF];
            if (id == null) {
                return 0;
            }
            symbols[at + i] = id;
        }
        return bytes.length;
    }

    /** Whether this character becomes the unknown token; false if there is none and the character is dropped. */
    private boolean isUnknown(int c) {
        if (options.unknown != null && unknownId == null) {
            throw new TouchstoneException("the vocabulary has neither the character \"" + Character.toString(c)
                    + "\" nor the unknown token \"" + options.unknown + "\"; use characters that it has");
        }
        return unknownId != null;
    }

    /**
     * Merges in place, in O(n log n). The heap holds the rank and position of every candidate pair; stale entries are skipped
     * when removed. The right symbol of a merged pair is set to GONE.
     */
    private void merge(int[] symbols) {
        int n = symbols.length;
        int[] previous = new int[n];
        int[] next = new int[n];
        LongHeap candidates = new LongHeap(n);
        for (int i = 0; i < n; i++) {
            previous[i] = i - 1;
            next[i] = i + 1;
        }
        for (int i = 0; i < n; i++) {
            offer(i, symbols, next, candidates);
        }
        while (!candidates.isEmpty()) {
            long candidate = candidates.removeSmallest();
            int rank = (int) (candidate >>> 32);
            int at = (int) candidate;
            if (rank(at, symbols, next) != rank) {
                continue;
            }
            int right = next[at];
            symbols[at] = merges.product(rank);
            symbols[right] = GONE;
            next[at] = next[right];
            if (next[at] < n) {
                previous[next[at]] = at;
            }
            offer(previous[at], symbols, next, candidates);
            offer(at, symbols, next, candidates);
        }
    }

    private void offer(int at, int[] symbols, int[] next, LongHeap candidates) {
        int rank = rank(at, symbols, next);
        if (rank != Merges.NONE) {
            candidates.add((long) rank << 32 | at);
        }
    }

    /** The rank of the pair that begins at a position; NONE at the end, before the start, or at a GONE symbol. */
    private int rank(int at, int[] symbols, int[] next) {
        if (at < 0 || symbols[at] == GONE || next[at] == symbols.length) {
            return Merges.NONE;
        }
        return merges.rank(symbols[at], symbols[next[at]]);
    }
}
