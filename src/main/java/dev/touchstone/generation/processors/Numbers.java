package dev.touchstone.generation.processors;

/** Numbers as people type them. */
final class Numbers {
    private Numbers() {}

    /** {@code -1}, not {@code -1.0}. */
    static String spelled(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e9
                ? String.valueOf((long) number)
                : String.valueOf(number);
    }
}
