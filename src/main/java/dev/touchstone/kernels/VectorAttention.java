package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;

/**
 * Attention for a tile of queries of one head. The pages of the cache are the weights of two products: the inputs of the first
 * are channels, those of the second are positions. Scores and probabilities are rows of a tensor, or of a scratch array that
 * stays in the processor's cache. One thread uses an instance.
 */
final class VectorAttention {
    private static final int PAGE = KeyValuePages.POSITIONS;
    private static final int PANEL = Matrix.PANEL;
    private static final int BLOCK = ScalarKernels.BLOCK;

    private final LoopSelector selector;
    private final KeyValuePages cache;
    private final Scoring scoring;
    private final int heads;
    private final int queries;
    private final int headSize;
    /** Queries of a tile: one if there is only one query. */
    private final int height;

    private final float[] packedQueries;
    private final float[] packedProbs;
    private final float[] totals;
    /** Sums of a block that is not complete yet, of each row. */
    private final float[] partial;
    /** Scores of a tile, then their probabilities, for {@link #attend}. */
    private float[] scratch = new float[0];

    VectorAttention(LoopSelector selector, KeyValuePages cache, Scoring scoring, int heads, int queries) {
        this.selector = selector;
        this.cache = cache;
        this.scoring = scoring;
        this.heads = heads;
        this.queries = queries;
        headSize = cache.headSize();
        height = queries == 1 ? 1 : VectorTiles.ROWS;
        packedQueries = new float[wholeBlocks(headSize) * height];
        packedProbs = new float[height == 1 ? 0 : wholeBlocks(cache.length() - start(0)) * height];
        totals = VectorTiles.totals(height);
        partial = VectorTiles.totals(height);
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

    /** The first position of the page that holds the first position to which the tile from query {@code t} on attends. */
    int start(int t) {
        return first(t) / PAGE * PAGE;
    }

    /** Queries of the tile from query {@code first} on. */
    int rows(int first) {
        return Math.min(height, queries - first);
    }

    /** The key-value head of a query head. */
    private int shared(int head) {
        return head / (heads / cache.heads());
    }

    /**
     * Scores of the tile from query {@code first} on. Each row of {@code scores} begins with the position {@link #start}; the
     * first row begins at index {@code at}. Scores before a query's window are arbitrary, those of later positions untouched.
     */
    void scores(float[] q, int head, int first, float[] scores, int at, int stride) {
        int rows = rows(first);
        int start = start(first);
        pack(q, (first * heads + head) * headSize, heads * headSize, rows, headSize, packedQueries);
        for (int s = start; s < visible(first + rows - 1); s += PAGE) {
            Arrays.fill(totals, 0);
            for (int d = 0; d < headSize; d += BLOCK) {
                int w = cache.keyIndex(shared(head), d, s);
                int channels = Math.min(BLOCK, headSize - d);
                addBlock(packedQueries, d * height, cache.keyPage(s), w, channels, totals);
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

    /** Scores, softmax and weighted sum of a tile, without the probabilities that are zero. */
    void attend(float[] q, int head, int first, float[] context) {
        int start = start(first);
        int stride = cache.length() - start;
        if (scratch.length < rows(first) * stride) {
            scratch = new float[rows(first) * stride];
        }
        scores(q, head, first, scratch, 0, stride);
        for (int r = 0; r < rows(first); r++) {
            int row = r * stride;
            Arrays.fill(scratch, row, row + first(first + r) - start, Float.NEGATIVE_INFINITY);
            int width = visible(first + r) - start;
            loops(LoopKind.SOFTMAX, width).softmax(scratch, row, scratch, row, width);
        }
        weightedSum(scratch, 0, stride, head, first, context);
    }

    /**
     * The sums of values weighted by the rows of {@code probs}, the first of which begins at {@code at}, into the rows of
     * {@code context}. Positions to which all queries of the tile attend are multiplied as a tile, the others row by row.
     */
    void weightedSum(float[] probs, int at, int stride, int head, int first, float[] context) {
        int rows = rows(first);
        int start = start(first);
        int from = (first(first + rows - 1) + BLOCK - 1) / BLOCK * BLOCK;
        int to = visible(first);
        boolean together = height > 1 && from < to;
        if (together) {
            pack(probs, at + from - start, stride, rows, to - from, packedProbs);
        }
        for (int column = 0; column < headSize; column += PANEL) {
            Arrays.fill(totals, 0);
            Arrays.fill(partial, 0);
            boolean whole = cache.panelWidth(column) == PANEL;
            for (int r = 0; r < rows; r++) {
                int row = at + r * stride - start;
                int begin = first(first + r);
                int end = visible(first + r);
                if (whole) {
                    addRow(probs, row, head, begin, together ? from : end, r, column);
                } else {
                    addOneByOne(probs, row, head, begin, end, r, column);
                }
            }
            if (whole && together) {
                addTogether(from, to, head, column);
                for (int r = 0; r < rows; r++) {
                    addOneByOne(probs, at + r * stride - start, head, to, visible(first + r), r, column);
                }
            }
            for (int r = 0; r < rows; r++) {
                int y = ((first + r) * heads + head) * headSize + column;
                System.arraycopy(totals, r * PANEL, context, y, cache.panelWidth(column));
            }
        }
    }

    /** Positions {@code from} to {@code to} of all rows. The sums of an incomplete last block go to {@link #partial}. */
    private void addTogether(int from, int to, int head, int column) {
        for (int s = from; s < to; s += BLOCK) {
            int positions = Math.min(BLOCK, to - s);
            float[] y = positions == BLOCK ? totals : partial;
            int w = cache.valueIndex(shared(head), s, column);
            addBlock(packedProbs, (s - from) * height, cache.valuePage(s), w, positions, y);
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

    private void addBlock(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y) {
        if (height == 1) {
            loops(LoopKind.ROW, PANEL).addRow(x, xAt, w, wAt, inputs, y, 0);
        } else {
            loops(LoopKind.TILE, height * PANEL).addTile(x, xAt, w, wAt, inputs, y, 0);
        }
    }

    private Loops loops(LoopKind kind, int elements) {
        return selector.loops(kind, elements);
    }

    /** Copies rows of {@code columns} floats to the layout of {@link PackedRows}. */
    private void pack(float[] x, int at, int stride, int rows, int columns, float[] packed) {
        for (int c = 0; c < columns; c += BLOCK) {
            PackedRows.fill(x, at + c, stride, rows, Math.min(BLOCK, columns - c), packed, c * height);
        }
    }
}
