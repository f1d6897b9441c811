package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedPanels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Quantised weights: widened to float, or multiplied with one row of activations while they are widened in registers. For one thread. */
final class VectorQuantized {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int CHUNK = QuantizedPanels.CHUNK;

    private final VectorScales widened = new VectorScales();
    /** Those of the steps of a chunk, for the loops that go through a step in several groups. {@code [step][column]} */
    private final float[] sums = new float[CHUNK / STEP * COLUMNS];

    /** Where the codes of an input of a step begin in a plane of so many bits. */
    private static int row(int input, int bits) {
        return input * bits / Byte.SIZE * COLUMNS;
    }

    /** {@link Loops#addRow} */
    void addRow(float[] x, int xAt, Matrix weight, int wAt, int inputs, float[] y, int yAt) {
        QuantizedPanels panels = weight.quantized();
        int panel = weight.output(wAt) / COLUMNS;
        int input = weight.input(wAt);
        for (int i = 0; i < inputs; i += CHUNK) {
            int count = Math.min(CHUNK, inputs - i);
            widened.read(panels, panel, input + i, count);
            addChunk(panels, x, xAt + i, count, panels.lowPlane(panel, input + i), y, yAt);
        }
    }

    /** The weights of some inputs, whose codes begin at index {@code q}. */
    private void addChunk(QuantizedPanels panels, float[] x, int xAt, int inputs, int q, float[] y, int yAt) {
        Quantization quantization = panels.quantization();
        byte[] data = panels.data();
        float[] scales = widened.scales;
        float[] shifts = widened.shifts;
        if (quantization.highBits() > 0 || quantization.lowBits() == 2) {
            clear(sums);
            addGroups(quantization, x, xAt, inputs, data, q);
            for (int step = 0; step < inputs / STEP; step++) {
                VectorElements.add(sums, step * COLUMNS, y, yAt, y, yAt, COLUMNS);
            }
        } else if (quantization.table() == Quantization.Table.FLOAT4) {
            VectorFloat4.addRow(x, xAt, inputs, data, q, scales, y, yAt);
        } else if (quantization.table() == Quantization.Table.NORMAL) {
            VectorTable.addRow(x, xAt, inputs, data, q, scales, y, yAt);
        } else if (quantization.hasMinima()) {
            VectorCodeRows.addShiftedNibbles(x, xAt, inputs, data, q, scales, shifts, y, yAt);
        } else if (quantization.lowBits() == Byte.SIZE) {
            VectorCodeRows.addBytes(x, xAt, inputs, data, q, scales, y, yAt);
        } else {
            VectorCodeRows.addNibbles(x, xAt, inputs, data, q, scales, y, yAt);
        }
    }

    private void addGroups(Quantization quantization, float[] x, int xAt, int inputs, byte[] data, int q) {
        float[] scales = widened.scales;
        float[] shifts = widened.shifts;
        if (quantization.highBits() == 0) {
            VectorCodeRows.addShiftedPairs(x, xAt, inputs, data, q, scales, shifts, sums);
        } else if (quantization.hasMinima()) {
            VectorTwoPlanes.addShifted(x, xAt, inputs, data, q, quantization, scales, shifts, sums);
        } else {
            VectorTwoPlanes.addSigned(x, xAt, inputs, data, q, quantization, scales, sums);
        }
    }

    private static void clear(float[] sums) {
        for (int c = 0; c < sums.length; c += LANES) {
            FloatVector.zero(SPECIES).intoArray(sums, c);
        }
    }

    /** {@link Loops#widen} */
    void widen(Matrix weight, int at, int count, float[] to) {
        QuantizedPanels panels = weight.quantized();
        int panel = weight.output(at) / COLUMNS;
        int group = panels.quantization().group();
        for (int i = 0; i < count / COLUMNS; i += STEP) {
            int input = weight.input(at) + i;
            widened.read(panels, panel, input, STEP);
            int low = panels.lowPlane(panel, input);
            int high = panels.highPlane(panel, input);
            for (int from = 0; from < STEP; from += group) {
                for (int c = 0; c < COLUMNS; c += LANES) {
                    widenGroup(panels, low, high, from, c, to, (i + from) * COLUMNS + c);
                }
            }
        }
    }

    private void widenGroup(QuantizedPanels panels, int lowPlane, int highPlane, int from, int c, float[] to, int at) {
        Quantization quantization = panels.quantization();
        byte[] codes = panels.data();
        int group = quantization.group();
        int bits = quantization.lowBits();
        int highBits = quantization.highBits();
        int shift = c / RUN * Byte.SIZE;
        int scale = quantization.groups(from) * COLUMNS + c;
        int q = lowPlane + row(from, bits) + c % RUN * Integer.BYTES;
        if (highBits > 0) {
            int high = highPlane + row(from, highBits) + c % RUN * Integer.BYTES;
            if (quantization.hasMinima()) {
                VectorTwoPlanes.widenShifted(
                        group, codes, q, bits, high, highBits, shift, widened.scales, widened.shifts, scale, to, at);
            } else {
                VectorTwoPlanes.widenSigned(
                        group, codes, q, bits, high, highBits, shift, widened.scales, scale, to, at);
            }
        } else if (quantization.table() == Quantization.Table.FLOAT4) {
            VectorFloat4.widen(group, codes, q, shift, widened.scales, scale, to, at);
        } else if (quantization.table() == Quantization.Table.NORMAL) {
            VectorTable.widen(group, codes, q, shift, widened.scales, scale, to, at);
        } else if (quantization.hasMinima()) {
            VectorCodeColumns.widenShifted(group, codes, q, bits, shift, widened.scales, widened.shifts, scale, to, at);
        } else {
            VectorCodeColumns.widenSigned(group, codes, q, bits, shift, widened.scales, scale, to, at);
        }
    }
}
