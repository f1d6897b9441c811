package dev.touchstone.checkpoint.gguf;

import java.util.function.LongUnaryOperator;

/**
 * The rows of a matrix in Hugging Face's order, as rows of the tensor in the file. A vector is a matrix of one column.
 *
 * @param count the number of rows
 * @param stored the row of the file that holds a row
 */
record RowOrder(int count, LongUnaryOperator stored) {
    /** As many rows as {@code count}, from row {@code first} of the file on. */
    static RowOrder from(long first, int count) {
        return new RowOrder(count, row -> first + row);
    }

    /**
     * Queries or keys whose channels were permuted for rotary embeddings of neighbouring channels: Hugging Face has the first channels of
     * all pairs of a head, then the second ones; the file has both channels of a pair side by side.
     */
    RowOrder withRotaryPairs(int headSize) {
        int half = headSize / 2;
        return new RowOrder(count, row -> {
            int channel = (int) (row % headSize);
            return stored.applyAsLong(row - channel + channel % half * 2L + channel / half);
        });
    }

    /**
     * Queries, keys and values in one matrix: Hugging Face has those of the first group of heads, then those of the second one and so on;
     * the file has all queries, then all keys, then all values. A group has the queries of some heads, a key and a value.
     */
    static RowOrder interleaved(int groups, int headsInGroup, int headSize) {
        long queries = (long) groups * headsInGroup;
        int rowsInGroup = (headsInGroup + 2) * headSize;
        return new RowOrder(groups * rowsInGroup, row -> {
            long group = row / rowsInGroup;
            int place = (int) (row % rowsInGroup) / headSize;
            long head = place < headsInGroup
                    ? group * headsInGroup + place
                    : queries + (place - headsInGroup) * (long) groups + group;
            return head * headSize + row % headSize;
        });
    }
}
