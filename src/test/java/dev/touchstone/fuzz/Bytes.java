package dev.touchstone.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Damages bytes without regard to the format. */
public final class Bytes {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        7,
        64,
        127,
        128,
        255,
        256,
        65_535,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 62,
        Long.MAX_VALUE
    };
    private static final int LONGEST = 1 << 16;

    /** Flips, overwrites, truncates, duplicates, inserts or splices bytes at a random index. */
    public static final Mutation ANY = Bytes::mutate;

    private Bytes() {}

    private static byte[] mutate(byte[] input, byte[] other, RandomGenerator random) {
        if (input.length == 0) {
            return slice(other, random);
        }
        int at = random.nextInt(input.length);
        int end = at + 1 + random.nextInt(Math.min(input.length - at, 1 << random.nextInt(12)));
        return switch (random.nextInt(8)) {
            case 0 -> flipped(input, at, random.nextInt(8));
            case 1 -> overwritten(input, at, random);
            case 2 -> replaced(input, at, end, new byte[0]);
            case 3 -> replaced(input, at, at, Arrays.copyOfRange(input, at, end));
            case 4 -> Arrays.copyOf(input, at);
            case 5 -> replaced(input, at, random.nextBoolean() ? at : end, slice(other, random));
            case 6 -> replaced(input, at, at, noise(random));
            default -> replaced(input, at, end, noise(random));
        };
    }

    /** {@code input} with the bytes from {@code from} (inclusive) to {@code to} (exclusive) replaced. */
    static byte[] replaced(byte[] input, int from, int to, byte[] instead) {
        if (input.length - (to - from) + instead.length > LONGEST + input.length / 2) {
            return input;
        }
        return ByteBuffer.allocate(input.length - (to - from) + instead.length)
                .put(input, 0, from)
                .put(instead)
                .put(input, to, input.length - to)
                .array();
    }

    private static byte[] flipped(byte[] input, int at, int bit) {
        byte[] flipped = input.clone();
        flipped[at] ^= (byte) (1 << bit);
        return flipped;
    }

    private static byte[] overwritten(byte[] input, int at, RandomGenerator random) {
        ByteBuffer bytes = ByteBuffer.wrap(input.clone()).order(ByteOrder.LITTLE_ENDIAN);
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        int left = input.length - at;
        if (left < Long.BYTES) {
            bytes.put(at, (byte) number);
        } else if (random.nextBoolean()) {
            bytes.putInt(at, (int) number);
        } else {
            bytes.putLong(at, number);
        }
        return bytes.array();
    }

    private static byte[] slice(byte[] from, RandomGenerator random) {
        if (from.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(from.length);
        return Arrays.copyOfRange(from, at, at + 1 + random.nextInt(Math.min(from.length - at, 512)));
    }

    private static byte[] noise(RandomGenerator random) {
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        return noise;
    }
}
