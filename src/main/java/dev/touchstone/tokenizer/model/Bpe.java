package dev.touchstone.tokenizer.model;

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
     * @param prefix what the tokens of all characters but the first of a piece begin with, such as {@code ##}
     * @param suffix what the token of the last character of a piece ends with, such as {@code </w>}
     */
    public record Options(
            String unknown,
            boolean fuseUnknown,
            boolean byteFallback,
            boolean ignoreMerges,
            String prefix,
            String suffix) {
        /** GPT-2's: all off. */
        public static final Options NONE = new Options(null, false, false, false, "", "");
    }

    private final Map<String, Integer> ids;
    private final Map<Integer, Integer> idOfCharacter = new HashMap<>(); // without prefix and suffix
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
     * @param merges lowest rank first; of equal ones the last counts
     */
    public Bpe(Map<String, Integer> ids, List<Merge> merges, Options options) {
        this.merges = new Merges(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            int left = id(ids, merge.left(), merge, rank);
            int right = id(ids, merge.right(), merge, rank);
            this.merges.put(rank, left, right, id(ids, product(merge, options.prefix), merge, rank));
        }
        this.ids = ids;
        this.options = options;
        this.unknownId = options.unknown == null ? null : ids.get(options.unknown);
        for (int b = 0; options.byteFallback && b < idOfByte.length; b++) {
            idOfByte[b] = ids.get("<0x%02X>".formatted(b));
        }
        ids.forEach((token, id) -> {
            if (!token.isEmpty() && token.codePointCount(0, token.length()) == 1) {
                idOfCharacter.put(token.codePointAt(0), id);
            }
        });
    }

    /** The right part loses as many bytes as the prefix has, whatever they are, as in Hugging Face's library. */
    private static String product(Merge merge, String prefix) {
        if (merge.right().startsWith(prefix)) {
            return merge.left() + merge.right().substring(prefix.length());
        }
        byte[] right = merge.right().getBytes(StandardCharsets.UTF_8);
        int cut = Math.min(right.length, prefix.getBytes(StandardCharsets.UTF_8).length);
        return merge.left() + new String(right, cut, right.length - cut, StandardCharsets.UTF_8);
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
    public void encode(String piece, IntConsumer out) {
        Integer whole = options.ignoreMerges ? ids.get(piece) : null;
        if (whole != null) {
            out.accept(whole);
            return;
        }
        int[] symbols = symbols(piece);
        merge(symbols);
        for (int symbol : symbols) {
            if (symbol != GONE) {
                out.accept(symbol);
            }
        }
    }

    private int[] symbols(String piece) {
        int[] symbols = new int[piece.length()];
        int n = 0;
        boolean waiting =
                false; // an unknown token not yet written: others may be fused with it, byte tokens come before it
        for (int i = 0, end; i < piece.length(); i = end) {
            end = i + Character.charCount(piece.codePointAt(i));
            Integer id = id(piece, i, end);
            byte[] bytes = id == null && options.byteFallback ? bytes(piece, i, end) : null;
            if (bytes != null) {
                int needed = n + bytes.length + piece.length() - i;
                symbols = needed <= symbols.length ? symbols : Arrays.copyOf(symbols, 2 * needed);
                for (byte b : bytes) {
                    symbols[n++] = idOfByte[b & 0xFF];
                }
            } else if (id != null || isUnknown(piece, i)) {
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

    /** The id of a character at its place in a piece, or null. */
    private Integer id(String piece, int begin, int end) {
        boolean isPlain =
                (begin == 0 || options.prefix.isEmpty()) && (end < piece.length() || options.suffix.isEmpty());
        return isPlain ? idOfCharacter.get(piece.codePointAt(begin)) : ids.get(token(piece, begin, end));
    }

    private String token(String piece, int begin, int end) {
        String prefix = begin == 0 ? "" : options.prefix;
        return prefix + piece.substring(begin, end) + (end < piece.length() ? "" : options.suffix);
    }

    /** The bytes of a character with its prefix and suffix, or null if one of them is not in the vocabulary. */
    private byte[] bytes(String piece, int begin, int end) {
        byte[] bytes = token(piece, begin, end).getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (idOfByte[b & 0xFF] == null) {
                return null;
            }
        }
        return bytes;
    }

    /** Whether this character becomes the unknown token; false if there is none and the character is dropped. */
    private boolean isUnknown(String piece, int at) {
        if (options.unknown != null && unknownId == null) {
            throw new TouchstoneException("the vocabulary has neither the character \""
                    + Character.toString(piece.codePointAt(at)) + "\" nor the unknown token \"" + options.unknown
                    + "\"; use characters that it has");
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
            int product = merges.product((int) (candidate >>> 32));
            int at = (int) candidate;
            int rank = rank(at, symbols, next);
            if (rank == Merges.NONE || merges.product(rank) != product) {
                continue;
            }
            int right = next[at];
            symbols[at] = product;
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
