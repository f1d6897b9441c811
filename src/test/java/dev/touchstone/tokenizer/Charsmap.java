package dev.touchstone.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Builds the {@code precompiled_charsmap} of a normalizer: a double array in which each node has a block of its own. */
public final class Charsmap {
    private static final int BLOCK = 256;

    private final ByteArrayOutputStream replacements = new ByteArrayOutputStream();
    private int[] units = new int[BLOCK];

    private Charsmap() {}

    /** The map in Base64. */
    public static String of(Map<String, String> rules) {
        Charsmap charsmap = new Charsmap();
        Map<String, Integer> values = new TreeMap<>(); // of the bytes as Latin-1
        rules.forEach((from, to) -> {
            values.put(
                    new String(from.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                    charsmap.replacements.size());
            charsmap.replacements.writeBytes((to + "\0").getBytes(StandardCharsets.UTF_8));
        });
        charsmap.node(0, values, 0);
        byte[] texts = charsmap.replacements.toByteArray();
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * charsmap.units.length + texts.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(4 * charsmap.units.length);
        Arrays.stream(charsmap.units).forEach(buffer::putInt);
        buffer.put(texts);
        return Base64.getEncoder().encodeToString(buffer.array());
    }

    /** Writes the children of the node at a position, which has these words after so many bytes. */
    private void node(int position, Map<String, Integer> words, int depth) {
        int base = units.length;
        units = Arrays.copyOf(units, base + BLOCK);
        units[position] |= (position ^ base) << 10;
        Map<Integer, Map<String, Integer>> children = new TreeMap<>();
        words.forEach((word, value) -> {
            if (word.length() == depth) {
                units[position] |= 1 << 8;
                units[base] = value | 1 << 31;
            } else {
                children.computeIfAbsent((int) word.charAt(depth), label -> new TreeMap<>())
                        .put(word, value);
            }
        });
        children.forEach((label, rest) -> {
            units[base ^ label] = label;
            node(base ^ label, rest, depth + 1);
        });
    }
}
