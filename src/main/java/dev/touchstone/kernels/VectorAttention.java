package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;

/**
 * Attention for a tile of queries of one head. The pages of the cache are the weights of two products: channels are the
 * inputs of the first, positions those of the second. Rows of scores and probabilities may lie in a tensor, or in a
 * scratch array that never leaves the processor's cache. One thread uses an instance.
 */
final class VectorAttention {
    private static final int PAGE = KeyValuePages.POSITIONS;
    private static final int PANEL = Matrix.PANEL;
    private static final int BLOCK = ScalarKernels.BLOCK;

    private final KeyValuePages cache;
    private final Scoring scoring;
    private final int heads;
    private final int queries;
    private final int headSize;
    /** Rows that go through a page together: one if there is only one query. */
    private final int height;

    private final float[] packedQueries;
    private final float[] packedProbs;
    private final float[] totals;

    VectorAttention(KeyValuePages cache, Scoring scoring, int heads, int queries) {
        this.cache = cache;
        this.scoring = scoring;
        this.heads = heads;
        this.queries = queries;
        headSize = cache.headSize();
        height = queries == 1 ? 1 : VectorTiles.ROWS;
        packedQueries = new float[headSize * height];
        packedProbs = new float[height == 1 ? 0 : (cache.length() - start(0)) * height];
        totals = new float[height * PANEL];
    }

    /** Where what query {@code t} sees ends. */
    int visible(int t) {
        return ScalarKernels.visible(t, queries, cache.length());
    }

    /** Where it begins. */
    int first(int t) {
        return scoring.first(visible(t) - 1);
    }

    /** Where the page begins that holds the first position which the tile from query {@code t} on sees. */
    int start(int t) {
        return first(t) / PAGE * PAGE;
    }

    int rows(int first) {
        return Math.min(height, queries - first);
    }

    private int shared(int head) {
        return head / (heads / cache.heads());
    }

    /**
     * Scores of the queries from {@code first} on, each as far as it sees; row by row from {@code at}, a row from the
     * tile's start on. What stands there before a query's window is of no use.
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
                VectorTiles.add(height, packedQueries, d * height, cache.keyPage(s), w, PAGE, channels, totals, 0);
            }
            for (int r = 0; r < rows; r++) {
                int width = Math.min(PAGE, visible(first + r) - s);
                score(r * PANEL, head, s, width, scores, at + r * stride + s - start);
            }
        }
    }

    /** Scores of the keys from {@code position} on, from their products with a query, which are the totals. */
    private void score(int total, int head, int position, int width, float[] scores, int at) {
        if (scoring.slopes().isEmpty()) {
            for (int c = 0; c < width; c++) {
                scores[at + c] = scoring.scale() * totals[total + c];
            }
        } else {
            double slope = scoring.slopes().get(head);
            for (int c = 0; c < width; c++) {
                scores[at + c] = Math.fma(scoring.scale(), totals[total + c], Scoring.bias(slope, position + c));
            }
        }
        if (scoring.cap() > 0) {
            VectorElements.softCap(scores, scoring.cap(), scores, at, at + Math.max(0, width));
        }
    }

    /** The values weighted by the rows of {@code probs} that begin at {@code at}, into the rows of {@code context}. */
    void mix(float[] probs, int at, int stride, int head, int first, float[] context) {
        int rows = rows(first);
        int start = start(first);
        // Blocks that every query of the tile sees whole go through together, those at the ends row by row.
        int from = height == 1 ? start : (first(first + rows - 1) + BLOCK - 1) / BLOCK * BLOCK;
        int to = height == 1 ? start : Math.max(from, visible(first) / BLOCK * BLOCK);
        pack(probs, at + from - start, stride, rows, to - from, packedProbs);
        for (int column = 0; column < headSize; column += PANEL) {
            Arrays.fill(totals, 0);
            for (int r = 0; r < rows; r++) {
                addRow(
                        probs,
                        at + r * stride - start,
                        head,
                        first(first + r),
                        Math.min(from, visible(first + r)),
                        r,
                        column);
            }
            for (int s = from; s < to; s += BLOCK) {
                add(height, packedProbs, (s - from) * height, head, s, column, BLOCK, 0);
            }
            for (int r = 0; r < rows; r++) {
                addRow(
                        probs,
                        at + r * stride - start,
                        head,
                        Math.max(to, first(first + r)),
                        visible(first + r),
                        r,
                        column);
                int y = ((first + r) * heads + head) * headSize + column;
                System.arraycopy(totals, r * PANEL, context, y, Math.min(PANEL, headSize - column));
            }
        }
    }

    /** The positions {@code from} until {@code to} of one row, each block as far as it lies between them. */
    private void addRow(float[] probs, int at, int head, int from, int to, int r, int column) {
        for (int s = from; s < to; s = (s / BLOCK + 1) * BLOCK) {
            int end = Math.min((s / BLOCK + 1) * BLOCK, to);
            add(1, probs, at + s, head, s, column, end - s, r * PANEL);
        }
    }

    /** Columns past the head's last are those of the next position: computed, and read by nobody. */
    private void add(int height, float[] x, int xAt, int head, int s, int column, int positions, int yAt) {
        int w = cache.valueIndex(shared(head), s, column);
        VectorTiles.add(height, x, xAt, cache.valuePage(s), w, headSize, positions, totals, yAt);
    }

    /** {@code [row][column] -> [column][row]} */
    private void pack(float[] x, int at, int stride, int rows, int columns, float[] packed) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                packed[c * height + r] = x[at + r * stride + c];
            }
        }
    }
}
