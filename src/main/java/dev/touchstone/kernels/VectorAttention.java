package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;

/**
 * Attention for a group of queries of one head, in tiles. The pages of the cache are the weights of two products: the inputs of
 * the first are channels, those of the second are positions. Each block of a page is multiplied with all tiles of the group
 * while it is in the first-level cache. Scores and probabilities are rows of a tensor, or of a scratch array that stays in the
 * second-level cache. One thread uses an instance.
 */
final class VectorAttention {
    private static final int PAGE = KeyValuePages.POSITIONS;
    private static final int PANEL = Matrix.PANEL;
    private static final int BLOCK = ScalarKernels.BLOCK;
    /** Tiles of a group. More would take longer with 64 queries, and fewer with 4,000. */
    private static final int TILES = 4;

    private final LoopSelector selector;
    private final KeyValuePages cache;
    private final Scoring scoring;
    private final int heads;
    private final int queries;
    private final int keySize;
    private final int valueSize;
    /** Queries of a tile: one if there is only one query. */
    private final int height;

    private final float[] packedQueries;
    /** Probabilities of a group, {@code [tile][block of positions][row][position]}. */
    private final float[] packedProbs;
    /** Positions of the longest row of {@link #packedProbs}, in whole blocks. */
    private final int packedLength;

    private final float[] totals;
    /** Scores of a group, for {@link #attend}. */
    private float[] scratch = new float[0];

    VectorAttention(LoopSelector selector, KeyValuePages cache, Scoring scoring, int heads, int queries) {
        this.selector = selector;
        this.cache = cache;
        this.scoring = scoring;
        this.heads = heads;
        this.queries = queries;
        keySize = cache.shape().keySize();
        valueSize = cache.shape().valueSize();
        height = queries == 1 ? 1 : VectorTiles.ROWS;
        int rows = groupSize(queries);
        packedQueries = new float[wholeBlocks(keySize) * rows];
        packedLength = wholeBlocks(cache.length() - start(0));
        packedProbs = new float[packedLength * rows];
        totals = VectorTiles.totals(rows);
    }

    /** Rows of the tiles of a group, if there are so many queries. The last tile may have fewer queries than rows. */
    static int groupSize(int queries) {
        int tiles = (queries + VectorTiles.ROWS - 1) / VectorTiles.ROWS;
        return queries == 1 ? 1 : Math.min(tiles, TILES) * VectorTiles.ROWS;
    }

    private static int wholeBlocks(int n) {
        return (n + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** The end (exclusive) of the positions that query {@code t} attends to. */
    int visible(int t) {
        return ScalarKernels.visible(t, queries, cache.length());
    }

    /** The first of them. */
    int first(int t) {
        return scoring.firstVisible(visible(t) - 1);
    }

    /** The first position of the page that holds the first position to which the group from query {@code t} on attends. */
    int start(int t) {
        return first(t) / PAGE * PAGE;
    }

    /** Queries of the group from query {@code first} on. */
    int rows(int first) {
        return Math.min(groupSize(queries), queries - first);
    }

    /** The last query of the tile from query {@code t} on. */
    private int last(int t) {
        return Math.min(t + height, queries) - 1;
    }

    /** The start of the first block to which all queries of the tile from query {@code t} on attend. */
    private int sharedFrom(int t) {
        return wholeBlocks(first(last(t)));
    }

    /** The end (exclusive) of the last block to which all of them attend; at or before {@link #sharedFrom} if there are none. */
    private int sharedTo(int t) {
        return height == 1 ? 0 : visible(t) / BLOCK * BLOCK;
    }

    /** The key-value head of a query head. */
    private int shared(int head) {
        return head / (heads / cache.shape().heads());
    }

    /**
     * Scores of the group from query {@code first} on. Each row of {@code scores} begins with the position {@link #start}; the
     * first row begins at index {@code at}. Scores before a query's window are arbitrary, those of later positions untouched.
     */
    void scores(float[] q, int head, int first, float[] scores, int at, int stride) {
        int rows = rows(first);
        int start = start(first);
        int tileSize = wholeBlocks(keySize) * height;
        for (int t = first; t < first + rows; t += height) {
            int from = (t * heads + head) * keySize;
            pack(q, from, heads * keySize, last(t) + 1 - t, keySize, packedQueries, (t - first) / height * tileSize);
        }
        for (int s = start; s < visible(first + rows - 1); s += PAGE) {
            Arrays.fill(totals, 0);
            for (int d = 0; d < keySize; d += BLOCK) {
                int w = cache.keyIndex(shared(head), d, s);
                int channels = Math.min(BLOCK, keySize - d);
                for (int t = first; t < first + rows; t += height) {
                    int positions = Math.min(PAGE, visible(last(t)) - s);
                    if (positions > 0) {
                        int x = (t - first) / height * tileSize + d * height;
                        int y = (t - first) * PANEL;
                        addBlock(packedQueries, x, cache.keyPage(s), w, channels, positions, totals, y);
                    }
                }
            }
            if (s + PAGE <= visible(first) && scoring.slopes().isEmpty() && scoring.cap() == 0) {
                loops(LoopKind.ELEMENTS, rows * PAGE)
                        .scaleRows(totals, 0, scoring.scale(), scores, at + s - start, stride, rows);
                continue;
            }
            for (int r = 0; r < rows; r++) {
                int width = Math.max(0, Math.min(PAGE, visible(first + r) - s));
                score(r * PANEL, head, s, width, scores, at + r * stride + s - start);
            }
        }
    }

    /** Scores of the keys from {@code position} on, from their products with a query in {@link #totals}. */
    private void score(int total, int head, int position, int width, float[] scores, int at) {
        if (scoring.slopes().isEmpty()) {
            loops(LoopKind.ELEMENTS, width).scale(totals, total, scoring.scale(), scores, at, width);
        } else {
            double slope = scoring.slopes().get(head);
            for (int c = 0; c < width; c++) {
                scores[at + c] = Math.fma(scoring.scale(), totals[total + c], scoring.bias(slope, position + c));
            }
        }
        if (scoring.cap() > 0) {
            loops(LoopKind.SOFT_CAP, width).softCap(scores, at, scoring.cap(), scores, at, width);
        }
    }

    /**
     * Scores, softmax and weighted sum of a group, without the probabilities that are zero. Up to whole blocks, rows continue
     * with scores of {@code -inf}, whose probabilities of zero do not change their sum.
     */
    void attend(float[] q, int head, int first, float[] context) {
        int rows = rows(first);
        int start = start(first);
        int stride = packedLength;
        if (scratch.length < rows * stride) {
            scratch = new float[rows * stride];
        }
        scores(q, head, first, scratch, 0, stride);
        for (int r = 0; r < rows; r++) {
            int row = r * stride;
            int end = visible(first + r) - start;
            int width = wholeBlocks(end);
            Arrays.fill(scratch, row, row + first(first + r) - start, Float.NEGATIVE_INFINITY);
            Arrays.fill(scratch, row + end, row + width, Float.NEGATIVE_INFINITY);
            loops(LoopKind.SOFTMAX, width)
                    .softmaxToBlocks(scratch, row, packedProbs, prob(first, r, start), height * BLOCK, width);
        }
        weightedSum(head, first, context);
    }

    /** The same for probabilities in rows, the first of which begins at {@code at} with the position {@link #start}. */
    void weightedSum(float[] probs, int at, int stride, int head, int first, float[] context) {
        int start = start(first);
        for (int r = 0; r < rows(first); r++) {
            int count = visible(first + r) - start;
            for (int i = 0; i < count; i += BLOCK) {
                int to = prob(first, r, start + i);
                System.arraycopy(probs, at + r * stride + i, packedProbs, to, Math.min(BLOCK, count - i));
            }
        }
        weightedSum(head, first, context);
    }

    /** The index in {@link #packedProbs} of a position of row {@code r} of the group from query {@code first} on. */
    private int prob(int first, int r, int position) {
        int offset = position - start(first);
        return r / height * height * packedLength + (offset / BLOCK * height + r % height) * BLOCK + offset % BLOCK;
    }

    /**
     * The sums of values weighted by {@link #packedProbs}, into the rows of {@code context}. Blocks of positions to which all
     * queries of a tile attend are multiplied as a tile, the others row by row.
     */
    private void weightedSum(int head, int first, float[] context) {
        int rows = rows(first);
        for (int column = 0; column < valueSize; column += PANEL) {
            Arrays.fill(totals, 0);
            boolean whole = cache.panelWidth(column) == PANEL;
            for (int r = 0; r < rows; r++) {
                int t = first + r - r % height;
                int from = first(first + r);
                int end = whole && sharedFrom(t) < sharedTo(t) ? sharedFrom(t) : visible(first + r);
                if (whole) {
                    addRow(head, first, r, from, end, column);
                } else {
                    addOneByOne(head, first, r, from, end, column);
                }
            }
            if (whole) {
                addTogether(head, first, column);
                for (int r = 0; r < rows; r++) {
                    int t = first + r - r % height;
                    if (sharedFrom(t) < sharedTo(t)) {
                        addRow(head, first, r, sharedTo(t), visible(first + r), column);
                    }
                }
            }
            for (int r = 0; r < rows; r++) {
                int y = ((first + r) * heads + head) * valueSize + column;
                System.arraycopy(totals, r * PANEL, context, y, cache.panelWidth(column));
            }
        }
    }

    /** The blocks of positions that the queries of each tile share. */
    private void addTogether(int head, int first, int column) {
        int lastTile = first + (rows(first) - 1) / height * height;
        for (int s = sharedFrom(first); s < sharedTo(lastTile); s += BLOCK) {
            int w = cache.valueIndex(shared(head), s, column);
            for (int t = first; t <= lastTile; t += height) {
                if (s >= sharedFrom(t) && s < sharedTo(t)) {
                    int x = prob(first, t - first, s);
                    addBlock(packedProbs, x, cache.valuePage(s), w, BLOCK, PANEL, totals, (t - first) * PANEL);
                }
            }
        }
    }

    /** Positions {@code from} to {@code to} of one row, block by block. */
    private void addRow(int head, int first, int r, int from, int to, int column) {
        for (int s = from; s < to; s = nextBlock(s)) {
            int count = Math.min(nextBlock(s), to) - s;
            int x = prob(first, r, s);
            int w = cache.valueIndex(shared(head), s, column);
            loops(LoopKind.ROW, PANEL).addRow(packedProbs, x, cache.valuePage(s), w, count, totals, r * PANEL);
        }
    }

    /** The same for a panel of values that is not as wide as the others. */
    private void addOneByOne(int head, int first, int r, int from, int to, int column) {
        int width = cache.panelWidth(column);
        float[] sums = new float[width];
        for (int s = from; s < to; s = nextBlock(s)) {
            Arrays.fill(sums, 0);
            for (int i = s; i < Math.min(nextBlock(s), to); i++) {
                int w = cache.valueIndex(shared(head), i, column);
                loops(LoopKind.ELEMENTS, width)
                        .addScaled(packedProbs[prob(first, r, i)], cache.valuePage(i), w, sums, 0, width);
            }
            loops(LoopKind.ELEMENTS, width).add(totals, r * PANEL, sums, 0, totals, r * PANEL, width);
        }
    }

    private static int nextBlock(int position) {
        return (position / BLOCK + 1) * BLOCK;
    }

    private void addBlock(float[] x, int xAt, float[] w, int wAt, int inputs, int columns, float[] y, int yAt) {
        if (height == 1) {
            loops(LoopKind.ROW, PANEL).addRow(x, xAt, w, wAt, inputs, y, yAt);
        } else {
            loops(LoopKind.TILE, height * PANEL).addTile(x, xAt, w, wAt, inputs, columns, y, yAt);
        }
    }

    private Loops loops(LoopKind kind, int elements) {
        return selector.loops(kind, elements);
    }

    /** Copies rows of {@code columns} floats to the layout of {@link PackedRows}, from index {@code to} on. */
    private void pack(float[] x, int at, int stride, int rows, int columns, float[] packed, int to) {
        for (int c = 0; c < columns; c += BLOCK) {
            int count = Math.min(BLOCK, columns - c);
            PackedRows.fill(x, at + c, stride, rows, count, packed, to + c * height);
        }
    }
}
