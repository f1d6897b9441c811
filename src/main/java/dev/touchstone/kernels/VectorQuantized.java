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

    private final VectorScales widened = new VectorScales();
    private final float[] sums = new float[COLUMNS];

    /** Where the codes of an input of a step begin in a plane of so many bits. */
    private static int row(int input, int bits) {
        return input * bits / Byte.SIZE * COLUMNS;
    }

    /** {@link Loops#addRow} */
    void addRow(float[] x, int xAt, Matrix weight, int wAt, int inputs, float[] y, int yAt) {
        QuantizedPanels panels = weight.quantized();
        int panel = weight.output(wAt) / COLUMNS;
        int input = weight.input(wAt);
        for (int i = 0; i < inputs; i += STEP) {
            widened.read(panels, panel, input + i, i == 0);
            clear(sums);
            int low = panels.lowPlane(panel, input + i);
            int high = panels.highPlane(panel, input + i);
            int group = panels.quantization().group();
            for (int from = 0; from < STEP; from += group) {
                for (int c = 0; c < RUN; c += LANES) {
                    addGroup(panels, x, xAt + i + from, low, high, from, c);
                }
            }
            VectorElements.add(sums, 0, y, yAt, y, yAt, COLUMNS);
        }
    }

    /** The weights of a group that begins with input {@code from} of the step, for column {@code c} and those at the same place of other runs. */
    private void addGroup(QuantizedPanels panels, float[] x, int xAt, int lowPlane, int highPlane, int from, int c) {
        Quantization quantization = panels.quantization();
        byte[] codes = panels.codes();
        int group = quantization.group();
        int bits = quantization.lowBits();
        int highBits = quantization.highBits();
        int scale = quantization.groups(from) * COLUMNS + c;
        int q = lowPlane + row(from, bits) + c * Integer.BYTES;
        if (highBits > 0) {
            int high = highPlane + row(from, highBits) + c * Integer.BYTES;
            if (quantization.hasMinima()) {
                VectorTwoPlanes.addShifted(
                        x, xAt, group, codes, q, bits, high, highBits, widened.scales, widened.shifts, scale, sums, c);
            } else {
                VectorTwoPlanes.addSigned(
                        x, xAt, group, codes, q, bits, high, highBits, widened.scales, scale, sums, c);
            }
        } else if (quantization.table() == Quantization.Table.FLOAT4) {
            VectorFloat4.addRow(x, xAt, group, codes, q, widened.scales, scale, sums, c);
        } else if (quantization.table() == Quantization.Table.NORMAL) {
            VectorTable.addRow(x, xAt, group, codes, q, widened.scales, scale, sums, c);
        } else if (quantization.hasMinima()) {
            VectorCodeRows.addShifted(x, xAt, group, codes, q, bits, widened.scales, widened.shifts, scale, sums, c);
        } else if (bits == Byte.SIZE) {
            VectorCodeRows.addBytes(x, xAt, group, codes, q, widened.scales, scale, sums, c);
        } else {
            VectorCodeRows.addNibbles(x, xAt, group, codes, q, widened.scales, scale, sums, c);
        }
    }

    private static void clear(float[] sums) {
        for (int c = 0; c < COLUMNS; c += LANES) {
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
            widened.read(panels, panel, input, i == 0);
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
        byte[] codes = panels.codes();
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
