package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;

/**
 * The innermost loops of {@link VectorKernels}: {@link PlainLoops} and {@link VectorLoops} return the same bits. An index such
 * as {@code xAt} is where an operand begins in its array, and {@code n} how many elements there are. Any thread may call them.
 */
interface Loops {
    /**
     * Adds one block of a product to the totals of {@link VectorTiles#ROWS} rows: {@code y += x w}.
     *
     * @param x activations, {@code [row][input]}, {@link ScalarKernels#BLOCK} floats from row to row
     * @param w weights, {@code [input][column]}, {@link Matrix#PANEL} columns
     * @param inputs at most {@link ScalarKernels#BLOCK}
     * @param columns the columns that are needed, the first of the panel; the totals of the others are arbitrary afterwards
     * @param y totals, {@code [row][column]}, an array of {@link VectorTiles#totals}
     */
    void addTile(float[] x, int xAt, float[] w, int wAt, int inputs, int columns, float[] y, int yAt);

    /** As {@link #addTile}, for one row and all columns. */
    void addRow(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt);

    /**
     * Adds all blocks of a product to the totals of one row, one block after another, with weights of 16 bits or quantised ones, which mean
     * what {@link Matrix#at} returns. Float16 weights are finite.
     *
     * @param inputs any number; for quantised weights a multiple of {@link ScalarKernels#BLOCK}
     * @param wAt the index of the weight of the first input and the first column
     */
    void addRow(float[] x, int xAt, Matrix weight, int wAt, int inputs, float[] y, int yAt);

    /**
     * Widens {@code n} weights of 16 bits or quantised ones, whole rows of a panel, from index {@code at} on, as {@link Matrix#at}. Quantised
     * weights are those of a multiple of {@link ScalarKernels#BLOCK} inputs.
     */
    void widen(Matrix weight, int at, int n, float[] y);

    /** {@code y = a + b} */
    void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n);

    /** {@code y = a b} */
    void multiply(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n);

    /** {@code y = factor x} */
    void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n);

    /** {@code y = factor x} for so many rows of {@link Matrix#PANEL} floats, which are {@code yStride} floats apart in {@code y}. */
    void scaleRows(float[] x, int xAt, float factor, float[] y, int yAt, int yStride, int rows);

    /** {@code y += factor x}, each element in one rounding. */
    void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n);

    /** {@code y = exp(x - max) / sum}; {@code x} and {@code y} may be the same. */
    void softmax(float[] x, int xAt, float[] y, int yAt, int n);

    /**
     * The same with blocks of {@link ScalarKernels#BLOCK} floats that are {@code stride} floats apart in {@code y}. Overwrites
     * {@code x}, which is another array.
     */
    void softmaxToBlocks(float[] x, int xAt, float[] y, int yAt, int stride, int n);

    /** {@code y = cap tanh(x / cap)}; {@code x} and {@code y} may be the same. */
    void softCap(float[] x, int xAt, float cap, float[] y, int yAt, int n);

    /** {@code y = activation(x)}; {@code x} and {@code y} are two arrays. */
    void activate(Activation activation, float[] x, int xAt, float[] y, int yAt, int n);
}
