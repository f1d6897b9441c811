package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of a few rows of activations with a panel of weights, in registers. A lane is an output and adds its terms in
 * the order of the inputs; a call is one block of {@link ScalarKernels#BLOCK} inputs, whose sums then join the totals in
 * {@code y}.
 */
final class VectorTiles {
    /** Rows that share each load of a weight. */
    static final int ROWS = 6;
    /** Columns of weights and of {@code y}. */
    static final int COLUMNS = Matrix.PANEL;

    /** As wide as the machine has them, but no wider than a panel is cut for. */
    static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;

    private static final int LANES = SPECIES.length();
    /** Six rows of four vectors need 32 registers. AVX2, the one with 256 bits, has 16 and takes two vectors. */
    private static final boolean NARROW = LANES == 8;

    private VectorTiles() {}

    /**
     * Adds a block to the totals: {@code y += x w}.
     *
     * @param rows 1, or {@link #ROWS}
     * @param x activations, {@code [input][row]}
     * @param w weights, {@code [input][column]}, {@code stride} floats from input to input
     * @param y totals, {@code [row][column]}
     */
    static void add(int rows, float[] x, int xAt, float[] w, int wAt, int stride, int inputs, float[] y, int yAt) {
        int step = rows > 1 && NARROW ? 2 * LANES : 4 * LANES;
        for (int c = 0; c < COLUMNS; c += step) {
            if (rows == 1) {
                oneByFour(x, xAt, w, wAt + c, stride, inputs, y, yAt + c);
            } else if (NARROW) {
                sixByTwo(x, xAt, w, wAt + c, stride, inputs, y, yAt + c);
            } else {
                sixByFour(x, xAt, w, wAt + c, stride, inputs, y, yAt + c);
            }
        }
    }

    private static void oneByFour(float[] x, int xAt, float[] w, int wAt, int stride, int inputs, float[] y, int yAt) {
        FloatVector y00 = zero(), y01 = zero(), y02 = zero(), y03 = zero();
        for (int i = 0; i < inputs; i++) {
            int row = wAt + i * stride;
            FloatVector w0 = load(w, row);
            FloatVector w1 = load(w, row + LANES);
            FloatVector w2 = load(w, row + 2 * LANES);
            FloatVector w3 = load(w, row + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i]);
            y00 = x0.fma(w0, y00);
            y01 = x0.fma(w1, y01);
            y02 = x0.fma(w2, y02);
            y03 = x0.fma(w3, y03);
        }
        addTo(y, yAt, y00);
        addTo(y, yAt + LANES, y01);
        addTo(y, yAt + 2 * LANES, y02);
        addTo(y, yAt + 3 * LANES, y03);
    }

    private static void sixByTwo(float[] x, int xAt, float[] w, int wAt, int stride, int inputs, float[] y, int yAt) {
        FloatVector y00 = zero(), y01 = zero();
        FloatVector y10 = zero(), y11 = zero();
        FloatVector y20 = zero(), y21 = zero();
        FloatVector y30 = zero(), y31 = zero();
        FloatVector y40 = zero(), y41 = zero();
        FloatVector y50 = zero(), y51 = zero();
        for (int i = 0; i < inputs; i++) {
            int row = wAt + i * stride;
            FloatVector w0 = load(w, row);
            FloatVector w1 = load(w, row + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS]);
            y00 = x0.fma(w0, y00);
            y01 = x0.fma(w1, y01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 1]);
            y10 = x1.fma(w0, y10);
            y11 = x1.fma(w1, y11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 2]);
            y20 = x2.fma(w0, y20);
            y21 = x2.fma(w1, y21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 3]);
            y30 = x3.fma(w0, y30);
            y31 = x3.fma(w1, y31);
            FloatVector x4 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 4]);
            y40 = x4.fma(w0, y40);
            y41 = x4.fma(w1, y41);
            FloatVector x5 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 5]);
            y50 = x5.fma(w0, y50);
            y51 = x5.fma(w1, y51);
        }
        addTo(y, yAt, y00);
        addTo(y, yAt + LANES, y01);
        addTo(y, yAt + COLUMNS, y10);
        addTo(y, yAt + COLUMNS + LANES, y11);
        addTo(y, yAt + 2 * COLUMNS, y20);
        addTo(y, yAt + 2 * COLUMNS + LANES, y21);
        addTo(y, yAt + 3 * COLUMNS, y30);
        addTo(y, yAt + 3 * COLUMNS + LANES, y31);
        addTo(y, yAt + 4 * COLUMNS, y40);
        addTo(y, yAt + 4 * COLUMNS + LANES, y41);
        addTo(y, yAt + 5 * COLUMNS, y50);
        addTo(y, yAt + 5 * COLUMNS + LANES, y51);
    }

    private static void sixByFour(float[] x, int xAt, float[] w, int wAt, int stride, int inputs, float[] y, int yAt) {
        FloatVector y00 = zero(), y01 = zero(), y02 = zero(), y03 = zero();
        FloatVector y10 = zero(), y11 = zero(), y12 = zero(), y13 = zero();
        FloatVector y20 = zero(), y21 = zero(), y22 = zero(), y23 = zero();
        FloatVector y30 = zero(), y31 = zero(), y32 = zero(), y33 = zero();
        FloatVector y40 = zero(), y41 = zero(), y42 = zero(), y43 = zero();
        FloatVector y50 = zero(), y51 = zero(), y52 = zero(), y53 = zero();
        for (int i = 0; i < inputs; i++) {
            int row = wAt + i * stride;
            FloatVector w0 = load(w, row);
            FloatVector w1 = load(w, row + LANES);
            FloatVector w2 = load(w, row + 2 * LANES);
            FloatVector w3 = load(w, row + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS]);
            y00 = x0.fma(w0, y00);
            y01 = x0.fma(w1, y01);
            y02 = x0.fma(w2, y02);
            y03 = x0.fma(w3, y03);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 1]);
            y10 = x1.fma(w0, y10);
            y11 = x1.fma(w1, y11);
            y12 = x1.fma(w2, y12);
            y13 = x1.fma(w3, y13);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 2]);
            y20 = x2.fma(w0, y20);
            y21 = x2.fma(w1, y21);
            y22 = x2.fma(w2, y22);
            y23 = x2.fma(w3, y23);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 3]);
            y30 = x3.fma(w0, y30);
            y31 = x3.fma(w1, y31);
            y32 = x3.fma(w2, y32);
            y33 = x3.fma(w3, y33);
            FloatVector x4 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 4]);
            y40 = x4.fma(w0, y40);
            y41 = x4.fma(w1, y41);
            y42 = x4.fma(w2, y42);
            y43 = x4.fma(w3, y43);
            FloatVector x5 = FloatVector.broadcast(SPECIES, x[xAt + i * ROWS + 5]);
            y50 = x5.fma(w0, y50);
            y51 = x5.fma(w1, y51);
            y52 = x5.fma(w2, y52);
            y53 = x5.fma(w3, y53);
        }
        addTo(y, yAt, y00);
        addTo(y, yAt + LANES, y01);
        addTo(y, yAt + 2 * LANES, y02);
        addTo(y, yAt + 3 * LANES, y03);
        addTo(y, yAt + COLUMNS, y10);
        addTo(y, yAt + COLUMNS + LANES, y11);
        addTo(y, yAt + COLUMNS + 2 * LANES, y12);
        addTo(y, yAt + COLUMNS + 3 * LANES, y13);
        addTo(y, yAt + 2 * COLUMNS, y20);
        addTo(y, yAt + 2 * COLUMNS + LANES, y21);
        addTo(y, yAt + 2 * COLUMNS + 2 * LANES, y22);
        addTo(y, yAt + 2 * COLUMNS + 3 * LANES, y23);
        addTo(y, yAt + 3 * COLUMNS, y30);
        addTo(y, yAt + 3 * COLUMNS + LANES, y31);
        addTo(y, yAt + 3 * COLUMNS + 2 * LANES, y32);
        addTo(y, yAt + 3 * COLUMNS + 3 * LANES, y33);
        addTo(y, yAt + 4 * COLUMNS, y40);
        addTo(y, yAt + 4 * COLUMNS + LANES, y41);
        addTo(y, yAt + 4 * COLUMNS + 2 * LANES, y42);
        addTo(y, yAt + 4 * COLUMNS + 3 * LANES, y43);
        addTo(y, yAt + 5 * COLUMNS, y50);
        addTo(y, yAt + 5 * COLUMNS + LANES, y51);
        addTo(y, yAt + 5 * COLUMNS + 2 * LANES, y52);
        addTo(y, yAt + 5 * COLUMNS + 3 * LANES, y53);
    }

    private static FloatVector zero() {
        return FloatVector.zero(SPECIES);
    }

    private static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(SPECIES, array, at);
    }

    private static void addTo(float[] totals, int at, FloatVector sum) {
        load(totals, at).add(sum).intoArray(totals, at);
    }
}
