package dev.touchstone.parity.diagnosis;

/** Explains wrong position embeddings: the right rows, but some positions off, or in reverse order. (T, C) */
record PositionExplanations(Difference difference) {
    String read() {
        int rows = difference.rows();
        for (int late : new int[] {-2, -1, 1, 2}) {
            if (rows > 2 && isShifted(late)) {
                return "positions start " + Math.abs(late) + (late > 0 ? " too late" : " too early");
            }
        }
        for (int position : new int[] {0, rows - 1}) {
            if (difference.elements().allMatch(i -> isFrom(i, position))) {
                return "every token has position " + position;
            }
        }
        return difference.elements().allMatch(i -> isFrom(i, rows - 1 - i / difference.columns()))
                ? "positions are in reverse order"
                : "";
    }

    private boolean isShifted(int by) {
        return difference
                .elements()
                .filter(i -> i / difference.columns() + by >= 0 && i / difference.columns() + by < difference.rows())
                .allMatch(i -> isFrom(i, i / difference.columns() + by));
    }

    /** Whether an element is the right element of another row. */
    private boolean isFrom(int i, int row) {
        int columns = difference.columns();
        return difference.actual()[i] == (float) difference.expected()[row * columns + i % columns];
    }
}
