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
    private final float[] packedProbs;
    private final float[] totals;
    /** Sums of a block that is not complete yet, of each row. */
    private final float[] partial;
    /** Scores of a group, then their probabilities, for {@link #attend}. */
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
        packedProbs = new float[height == 1 ? 0 : wholeBlocks(cache.length() - start(0)) * rows];
        totals = VectorTiles.totals(rows);
        partial = VectorTiles.totals(rows);
    }

    /** Rows of the tiles of a group, if there are so many queries. The last tile may have fewer queries than rows. */
    static int groupSize(int queries) {
        int tiles = (queries + VectorTiles.ROWS - 1) / VectorTiles.ROWS;
        return queries == 1 ? 1 : Math.min(tiles, TILES) * VectorTiles.ROWS;
    }

    private static int wholeBlocks(int n) {
        return roundUp(n, BLOCK);
    }

    private static int roundUp(int n, int unit) {
        return (n + unit - 1) / unit * unit;
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

    /** The end (exclusive) of the positions to which all of them attend; at or before {@link #sharedFrom} if there are none. */
    private int sharedTo(int t) {
        return height == 1 ? 0 : visible(t);
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
     * Scores, softmax and weighted sum of a group, without the probabilities that are zero. Up to whole vectors, rows continue
     * with scores of {@code -inf}, whose probabilities of zero do not change their sum.
     */
    void attend(float[] q, int head, int first, float[] context) {
        int rows = rows(first);
        int start = start(first);
        int stride = roundUp(cache.length() - start, ScalarKernels.PARTIAL_SUMS);
        if (scratch.length < rows * stride) {
            scratch = new float[rows * stride];
        }
        scores(q, head, first, scratch, 0, stride);
        for (int r = 0; r < rows; r++) {
            int row = r * stride;
            int end = visible(first + r) - start;
            int width = roundUp(end, ScalarKernels.PARTIAL_SUMS);
            Arrays.fill(scratch, row, row + first(first + r) - start, Float.NEGATIVE_INFINITY);
            Arrays.fill(scratch, row + end, row + width, Float.NEGATIVE_INFINITY);
            loops(LoopKind.SOFTMAX, width).softmax(scratch, row, scratch, row, width);
        }
        weightedSum(scratch, 0, stride, head, first, context);
    }

    /**
     * The sums of values weighted by the rows of {@code probs}, the first of which begins at {@code at}, into the rows of
     * {@code context}. Positions to which all queries of a tile attend are multiplied as a tile, the others row by row.
     */
    void weightedSum(float[] probs, int at, int stride, int head, int first, float[] context) {
        int rows = rows(first);
        int start = start(first);
        packProbs(probs, at, stride, first);
        for (int column = 0; column < valueSize; column += PANEL) {
            Arrays.fill(totals, 0);
            Arrays.fill(partial, 0);
            boolean whole = cache.panelWidth(column) == PANEL;
            for (int r = 0; r < rows; r++) {
                int row = at + r * stride - start;
                int t = first + r - r % height;
                int end = whole && sharedFrom(t) < sharedTo(t) ? sharedFrom(t) : visible(first + r);
                if (whole) {
                    addRow(probs, row, head, first(first + r), end, r, column);
                } else {
                    addOneByOne(probs, row, head, first(first + r), end, r, column);
                }
            }
            if (whole) {
                addTogether(first, head, column);
                for (int r = 0; r < rows; r++) {
                    int t = first + r - r % height;
                    if (sharedFrom(t) < sharedTo(t)) {
                        addOneByOne(probs, at + r * stride - start, head, sharedTo(t), visible(first + r), r, column);
                    }
                }
            }
            for (int r = 0; r < rows; r++) {
                int y = ((first + r) * heads + head) * valueSize + column;
                System.arraycopy(totals, r * PANEL, context, y, cache.panelWidth(column));
            }
        }
    }

    private void packProbs(float[] probs, int at, int stride, int first) {
        for (int t = first; t < first + rows(first); t += height) {
            int from = sharedFrom(t);
            int row = at + (t - first) * stride + from - start(first);
            pack(probs, row, stride, last(t) + 1 - t, sharedTo(t) - from, packedProbs, packedProb(t, first, from));
        }
    }

    /** The index of the block that begins with {@code position}, of the tile from query {@code t} on. */
    private int packedProb(int t, int first, int position) {
        return (t - first) * (packedProbs.length / groupSize(queries)) + (position - sharedFrom(first)) * height;
    }

    /**
     * The positions that the queries of each tile share, block by block. The sums of an incomplete last block go to
     * {@link #partial}.
     */
    private void addTogether(int first, int head, int column) {
        int lastTile = first + (rows(first) - 1) / height * height;
        for (int s = sharedFrom(first); s < sharedTo(lastTile); s += BLOCK) {
            int w = cache.valueIndex(shared(head), s, column);
            for (int t = first; t < first + rows(first); t += height) {
                int positions = Math.min(BLOCK, sharedTo(t) - s);
                if (s >= sharedFrom(t) && positions > 0) {
                    float[] y = positions == BLOCK ? totals : partial;
                    int x = packedProb(t, first, s);
                    addBlock(packedProbs, x, cache.valuePage(s), w, positions, PANEL, y, (t - first) * PANEL);
                }
            }
        }
    }

    /** Positions {@code from} to {@code to} of one row, if they are few or the panel is narrow. Continues {@link #partial}. */
    private void addOneByOne(float[] probs, int at, int head, int from, int to, int r, int column) {
        int width = cache.panelWidth(column);
        for (int s = from; s < to; s++) {
            if (s % BLOCK == 0) {
                addPartial(r);
            }
            int w = cache.valueIndex(shared(head), s, column);
            loops(LoopKind.ELEMENTS, width).addScaled(probs[at + s], cache.valuePage(s), w, partial, r * PANEL, width);
        }
        addPartial(r);
    }

    private void addPartial(int r) {
        loops(LoopKind.ELEMENTS, PANEL).add(totals, r * PANEL, partial, r * PANEL, totals, r * PANEL, PANEL);
        Arrays.fill(partial, r * PANEL, (r + 1) * PANEL, 0);
    }

    /** Positions {@code from} to {@code to} of one row, block by block. */
    private void addRow(float[] probs, int at, int head, int from, int to, int r, int column) {
        for (int s = from; s < to; s = (s / BLOCK + 1) * BLOCK) {
            int end = Math.min((s / BLOCK + 1) * BLOCK, to);
            int w = cache.valueIndex(shared(head), s, column);
            loops(LoopKind.ROW, PANEL).addRow(probs, at + s, cache.valuePage(s), w, end - s, totals, r * PANEL);
        }
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
