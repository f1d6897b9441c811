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
    private final int queries;
    private final int headSize;
    /** Rows that go through a page together: one if there is only one query. */
    private final int height;

    private final float[] packedQueries;
    private final float[] packedProbs;
    private final float[] totals;

    VectorAttention(KeyValuePages cache, int queries) {
        this.cache = cache;
        this.queries = queries;
        headSize = cache.headSize();
        height = queries == 1 ? 1 : VectorTiles.ROWS;
        packedQueries = new float[headSize * height];
        packedProbs = new float[height == 1 ? 0 : cache.length() * height];
        totals = new float[height * PANEL];
    }

    /** How many positions query {@code t} sees. */
    int visible(int t) {
        return ScalarKernels.visible(t, queries, cache.length());
    }

    int rows(int first) {
        return Math.min(height, queries - first);
    }

    /** Scores of the queries from {@code first} on, each as far as it sees; row by row from {@code at}. */
    void scores(float[] q, int head, int first, float scale, float[] scores, int at, int stride) {
        int rows = rows(first);
        pack(
                q,
                first * cache.heads() * headSize + head * headSize,
                cache.heads() * headSize,
                rows,
                headSize,
                packedQueries);
        for (int s = 0; s < visible(first + rows - 1); s += PAGE) {
            Arrays.fill(totals, 0);
            for (int d = 0; d < headSize; d += BLOCK) {
                int w = cache.keyIndex(head, d, s);
                int channels = Math.min(BLOCK, headSize - d);
                VectorTiles.add(height, packedQueries, d * height, cache.keyPage(s), w, PAGE, channels, totals, 0);
            }
            for (int r = 0; r < rows; r++) {
                int width = Math.min(PAGE, visible(first + r) - s);
                for (int c = 0; c < width; c++) {
                    scores[at + r * stride + s + c] = scale * totals[r * PANEL + c];
                }
            }
        }
    }

    /** The values weighted by the rows of {@code probs} that begin at {@code at}, into the rows of {@code context}. */
    void mix(float[] probs, int at, int stride, int head, int first, float[] context) {
        int rows = rows(first);
        // Blocks that every query of the tile sees whole go through together, the rest row by row.
        int shared = height == 1 ? 0 : visible(first) / BLOCK * BLOCK;
        pack(probs, at, stride, rows, shared, packedProbs);
        for (int column = 0; column < headSize; column += PANEL) {
            Arrays.fill(totals, 0);
            for (int s = 0; s < shared; s += BLOCK) {
                add(height, packedProbs, s * height, head, s, column, BLOCK, 0);
            }
            for (int r = 0; r < rows; r++) {
                int end = visible(first + r);
                for (int s = shared; s < end; s += BLOCK) {
                    add(1, probs, at + r * stride + s, head, s, column, Math.min(BLOCK, end - s), r * PANEL);
                }
                int y = ((first + r) * cache.heads() + head) * headSize + column;
                System.arraycopy(totals, r * PANEL, context, y, Math.min(PANEL, headSize - column));
            }
        }
    }

    /** Columns past the head's last are those of the next position: computed, and read by nobody. */
    private void add(int height, float[] x, int xAt, int head, int s, int column, int positions, int yAt) {
        int w = cache.valueIndex(head, s, column);
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
