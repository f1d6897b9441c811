package dev.touchstone.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * Floats and a shape, row-major: the last axis is contiguous. The operation that makes a tensor fills it; after that it is only
 * read, and may be kept without a copy.
 *
 * <p>One exception: inside a forward pass without a trace, the arrays of a block's tensors are used again as soon as the next
 * block is done. A layer must not keep such a tensor for longer. The result of a pass, and what a trace receives, may be kept.
 */
public final class Tensor {
    private final float[] data;
    private final int[] shape;

    private Tensor(float[] data, int[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /** A tensor of zeros, to be filled by the operation that makes it. */
    public static Tensor zeros(int... shape) {
        return new Tensor(new float[count(shape)], shape.clone());
    }

    /**
     * A tensor over {@code data}, not a copy of it.
     *
     * @throws IllegalArgumentException if the shape has another number of elements
     */
    public static Tensor of(float[] data, int... shape) {
        if (data.length != count(shape)) {
            throw new IllegalArgumentException(data.length + " floats do not fill " + Arrays.toString(shape));
        }
        return new Tensor(data, shape.clone());
    }

    /** The number of elements of a tensor of this shape. */
    public static int count(int... shape) {
        long count = 1;
        for (int size : shape) {
            count *= size;
        }
        if (count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(Arrays.toString(shape) + " has more elements than an array can hold");
        }
        return (int) count;
    }

    /** The elements, row-major; not a copy. Only the operation that makes this tensor may write to them. */
    public float[] data() {
        return data;
    }

    public int[] shape() {
        return shape.clone();
    }

    public int rank() {
        return shape.length;
    }

    /** The length of an axis; negative axes count from the end, as in NumPy. */
    public int size(int axis) {
        return shape[axis < 0 ? shape.length + axis : axis];
    }

    public int size() {
        return data.length;
    }

    /** The number of rows of {@code size(-1)} elements: the product of all axes but the last. */
    public int rows() {
        int columns = size(-1);
        return columns == 0 ? 0 : data.length / columns;
    }

    public float at(int row, int column) {
        return data[row * size(-1) + column];
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive): a copy, except of all rows. (R, C) -> (to - from, C) */
    public Tensor rows(int from, int to) {
        int columns = size(-1);
        if (to - from == rows()) {
            return new Tensor(data, new int[] {to - from, columns});
        }
        return new Tensor(Arrays.copyOfRange(data, from * columns, to * columns), new int[] {to - from, columns});
    }

    /** A copy of one row. (R, C) -> (C) */
    public float[] row(int index) {
        int columns = size(-1);
        return Arrays.copyOfRange(data, index * columns, (index + 1) * columns);
    }

    /** A copy of the rows at these indices, in this order. (R, C) -> (N, C) */
    public Tensor rows(int[] indices) {
        int columns = size(-1);
        Tensor part = zeros(indices.length, columns);
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(data, indices[i] * columns, part.data, i * columns, columns);
        }
        return part;
    }

    /** A copy of columns {@code from} (inclusive) to {@code to} (exclusive). (R, C) -> (R, to - from) */
    public Tensor columns(int from, int to) {
        int rows = rows();
        int columns = size(-1);
        Tensor part = zeros(rows, to - from);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(data, row * columns + from, part.data, row * (to - from), to - from);
        }
        return part;
    }

    /** Matrices concatenated along the rows: a copy, except of a single matrix. (R, C), ... -> (sum of R, C) */
    public static Tensor concatenate(List<Tensor> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int rows = parts.stream().mapToInt(Tensor::rows).sum();
        Tensor all = zeros(rows, parts.get(0).size(-1));
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.data, 0, all.data, at, part.size());
            at += part.size();
        }
        return all;
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape);
    }
}
