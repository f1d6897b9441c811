package dev.touchstone.tokenizer.model;

import java.util.Arrays;

/**
 * The merges of a BPE, looked up by their pair of ids: a hash table with open addressing and without boxed values, which
 * would take most of the tokenizer's time.
 */
final class Merges {
    static final int NONE = -1;

    private final long[] pairs; // left << 32 | right
    private final int[] ranks; // NONE in a free slot
    private final int[] products; // by rank

    Merges(int count) {
        int slots = Math.max(4, Integer.highestOneBit(Math.max(1, count)) * 4);
        pairs = new long[slots];
        ranks = new int[slots];
        products = new int[count];
        Arrays.fill(ranks, NONE);
    }

    /** Sets the merge of a rank. */
    void put(int rank, int left, int right, int product) {
        int slot = slot(left, right);
        pairs[slot] = pair(left, right);
        ranks[slot] = rank;
        products[rank] = product;
    }

    /** The rank of the merge of two tokens, or {@link #NONE}. */
    int rank(int left, int right) {
        return ranks[slot(left, right)];
    }

    /** The token that the merge of a rank produces. */
    int product(int rank) {
        return products[rank];
    }

    private int slot(int left, int right) {
        long pair = pair(left, right);
        int slot = (int) (pair * 0x9E3779B97F4A7C15L >>> 32) & pairs.length - 1; // Fibonacci hashing
        while (ranks[slot] != NONE && pairs[slot] != pair) {
            slot = slot + 1 & pairs.length - 1;
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
