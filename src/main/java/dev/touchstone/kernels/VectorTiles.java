package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of a few rows of activations with a panel of weights, in registers. A lane is an output and adds its terms in the
 * order of the inputs; a call is one block of at most {@link ScalarKernels#BLOCK} inputs, whose sums are then added to the
 * totals in {@code y}.
 *
 * <p>Two rules keep vectors from becoming objects, which would halve the speed. Each tile is unrolled down to calls of the
 * Vector API, which the compiler C2 always inlines; it may not inline a helper method. And a method is called on a vector that
 * has just been loaded or created, never on one that a loop carries, whose class C2 can infer only while the process has used
 * no other vector width.
 *
 * <p>Two more keep sums in registers. C2 moves loads before multiplications: the activations of six rows then occupy the
 * registers of as many sums, which go through memory at each step. A load does not move across a store, so after every second
 * row a tile stores a sum to spare floats that are never read. And the loop counts in indices of {@code x}, from which those of
 * {@code w} follow: that takes less arithmetic.
 */
final class VectorTiles {
    /** Rows that share each load of a weight. */
    static final int ROWS = 6;
    /** Columns of weights and of totals. */
    static final int COLUMNS = Matrix.PANEL;

    private static final int BLOCK = ScalarKernels.BLOCK;

    /** The widest vectors of the processor, at most 512 bits: the width for which panels are laid out. */
    static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;

    /** Vectors of as many ints as {@link #SPECIES} has floats. */
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());
    /** Vectors of twice as many shorts. */
    static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SPECIES.vectorShape());

    /** Vectors of four times as many bytes. */
    static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SPECIES.vectorShape());

    private static final int LANES = SPECIES.length();
    /** Floats at the end of an array of totals to which tiles store sums that are never read. */
    private static final int SPARE = Matrix.PANEL;
    /** Six rows of four vectors need 32 registers. AVX2, with vectors of 256 bits, has 16: there a tile is two vectors wide. */
    private static final boolean NARROW = LANES == 8;

    private VectorTiles() {}

    /** An array of zeros for the totals of so many rows, {@code [row][column]}, and the spare floats. */
    static float[] totals(int rows) {
        return new float[rows * COLUMNS + SPARE];
    }

    /** {@link Loops#addTile} */
    static void add(float[] x, int xAt, float[] w, int wAt, int inputs, int columns, float[] y, int yAt) {
        int step = NARROW ? 2 * LANES : 4 * LANES;
        for (int c = 0; c < columns; c += step) {
            if (NARROW) {
                sixByTwo(x, xAt, w, wAt + c, inputs, y, yAt + c);
            } else {
                sixByFour(x, xAt, w, wAt + c, inputs, y, yAt + c);
            }
        }
    }

    private static void sixByTwo(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        FloatVector y00 = FloatVector.zero(SPECIES), y01 = FloatVector.zero(SPECIES);
        FloatVector y10 = FloatVector.zero(SPECIES), y11 = FloatVector.zero(SPECIES);
        FloatVector y20 = FloatVector.zero(SPECIES), y21 = FloatVector.zero(SPECIES);
        FloatVector y30 = FloatVector.zero(SPECIES), y31 = FloatVector.zero(SPECIES);
        FloatVector y40 = FloatVector.zero(SPECIES), y41 = FloatVector.zero(SPECIES);
        FloatVector y50 = FloatVector.zero(SPECIES), y51 = FloatVector.zero(SPECIES);
        int spare = y.length - SPARE;
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            FloatVector w0 = FloatVector.fromArray(SPECIES, w, row);
            FloatVector w1 = FloatVector.fromArray(SPECIES, w, row + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            y00 = x0.fma(w0, y00);
            y01 = x0.fma(w1, y01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[i + BLOCK]);
            y10 = x1.fma(w0, y10);
            y11 = x1.fma(w1, y11);
            y11.intoArray(y, spare);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[i + 2 * BLOCK]);
            y20 = x2.fma(w0, y20);
            y21 = x2.fma(w1, y21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[i + 3 * BLOCK]);
            y30 = x3.fma(w0, y30);
            y31 = x3.fma(w1, y31);
            y31.intoArray(y, spare);
            FloatVector x4 = FloatVector.broadcast(SPECIES, x[i + 4 * BLOCK]);
            y40 = x4.fma(w0, y40);
            y41 = x4.fma(w1, y41);
            FloatVector x5 = FloatVector.broadcast(SPECIES, x[i + 5 * BLOCK]);
            y50 = x5.fma(w0, y50);
            y51 = x5.fma(w1, y51);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y00).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y01).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + COLUMNS).add(y10).intoArray(y, yAt + COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + COLUMNS + LANES).add(y11).intoArray(y, yAt + COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * COLUMNS).add(y20).intoArray(y, yAt + 2 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * COLUMNS + LANES).add(y21).intoArray(y, yAt + 2 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * COLUMNS).add(y30).intoArray(y, yAt + 3 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * COLUMNS + LANES).add(y31).intoArray(y, yAt + 3 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * COLUMNS).add(y40).intoArray(y, yAt + 4 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * COLUMNS + LANES).add(y41).intoArray(y, yAt + 4 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * COLUMNS).add(y50).intoArray(y, yAt + 5 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * COLUMNS + LANES).add(y51).intoArray(y, yAt + 5 * COLUMNS + LANES);
    }

    private static void sixByFour(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        FloatVector y00 = FloatVector.zero(SPECIES),
                y01 = FloatVector.zero(SPECIES),
                y02 = FloatVector.zero(SPECIES),
                y03 = FloatVector.zero(SPECIES);
        FloatVector y10 = FloatVector.zero(SPECIES),
                y11 = FloatVector.zero(SPECIES),
                y12 = FloatVector.zero(SPECIES),
                y13 = FloatVector.zero(SPECIES);
        FloatVector y20 = FloatVector.zero(SPECIES),
                y21 = FloatVector.zero(SPECIES),
                y22 = FloatVector.zero(SPECIES),
                y23 = FloatVector.zero(SPECIES);
        FloatVector y30 = FloatVector.zero(SPECIES),
                y31 = FloatVector.zero(SPECIES),
                y32 = FloatVector.zero(SPECIES),
                y33 = FloatVector.zero(SPECIES);
        FloatVector y40 = FloatVector.zero(SPECIES),
                y41 = FloatVector.zero(SPECIES),
                y42 = FloatVector.zero(SPECIES),
                y43 = FloatVector.zero(SPECIES);
        FloatVector y50 = FloatVector.zero(SPECIES),
                y51 = FloatVector.zero(SPECIES),
                y52 = FloatVector.zero(SPECIES),
                y53 = FloatVector.zero(SPECIES);
        int spare = y.length - SPARE;
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            FloatVector w0 = FloatVector.fromArray(SPECIES, w, row);
            FloatVector w1 = FloatVector.fromArray(SPECIES, w, row + LANES);
            FloatVector w2 = FloatVector.fromArray(SPECIES, w, row + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(SPECIES, w, row + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            y00 = x0.fma(w0, y00);
            y01 = x0.fma(w1, y01);
            y02 = x0.fma(w2, y02);
            y03 = x0.fma(w3, y03);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[i + BLOCK]);
            y10 = x1.fma(w0, y10);
            y11 = x1.fma(w1, y11);
            y12 = x1.fma(w2, y12);
            y13 = x1.fma(w3, y13);
            y13.intoArray(y, spare);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[i + 2 * BLOCK]);
            y20 = x2.fma(w0, y20);
            y21 = x2.fma(w1, y21);
            y22 = x2.fma(w2, y22);
            y23 = x2.fma(w3, y23);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[i + 3 * BLOCK]);
            y30 = x3.fma(w0, y30);
            y31 = x3.fma(w1, y31);
            y32 = x3.fma(w2, y32);
            y33 = x3.fma(w3, y33);
            y33.intoArray(y, spare);
            FloatVector x4 = FloatVector.broadcast(SPECIES, x[i + 4 * BLOCK]);
            y40 = x4.fma(w0, y40);
            y41 = x4.fma(w1, y41);
            y42 = x4.fma(w2, y42);
            y43 = x4.fma(w3, y43);
            FloatVector x5 = FloatVector.broadcast(SPECIES, x[i + 5 * BLOCK]);
            y50 = x5.fma(w0, y50);
            y51 = x5.fma(w1, y51);
            y52 = x5.fma(w2, y52);
            y53 = x5.fma(w3, y53);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y00).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y01).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES).add(y02).intoArray(y, yAt + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES).add(y03).intoArray(y, yAt + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + COLUMNS).add(y10).intoArray(y, yAt + COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + COLUMNS + LANES).add(y11).intoArray(y, yAt + COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + COLUMNS + 2 * LANES).add(y12).intoArray(y, yAt + COLUMNS + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + COLUMNS + 3 * LANES).add(y13).intoArray(y, yAt + COLUMNS + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * COLUMNS).add(y20).intoArray(y, yAt + 2 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * COLUMNS + LANES).add(y21).intoArray(y, yAt + 2 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * COLUMNS + 2 * LANES)
                .add(y22)
                .intoArray(y, yAt + 2 * COLUMNS + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * COLUMNS + 3 * LANES)
                .add(y23)
                .intoArray(y, yAt + 2 * COLUMNS + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * COLUMNS).add(y30).intoArray(y, yAt + 3 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * COLUMNS + LANES).add(y31).intoArray(y, yAt + 3 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * COLUMNS + 2 * LANES)
                .add(y32)
                .intoArray(y, yAt + 3 * COLUMNS + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * COLUMNS + 3 * LANES)
                .add(y33)
                .intoArray(y, yAt + 3 * COLUMNS + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * COLUMNS).add(y40).intoArray(y, yAt + 4 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * COLUMNS + LANES).add(y41).intoArray(y, yAt + 4 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * COLUMNS + 2 * LANES)
                .add(y42)
                .intoArray(y, yAt + 4 * COLUMNS + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * COLUMNS + 3 * LANES)
                .add(y43)
                .intoArray(y, yAt + 4 * COLUMNS + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * COLUMNS).add(y50).intoArray(y, yAt + 5 * COLUMNS);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * COLUMNS + LANES).add(y51).intoArray(y, yAt + 5 * COLUMNS + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * COLUMNS + 2 * LANES)
                .add(y52)
                .intoArray(y, yAt + 5 * COLUMNS + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * COLUMNS + 3 * LANES)
                .add(y53)
                .intoArray(y, yAt + 5 * COLUMNS + 3 * LANES);
    }
}
