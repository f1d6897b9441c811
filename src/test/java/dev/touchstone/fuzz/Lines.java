package dev.touchstone.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes a text of lines, such as {@code merges.txt}. */
public final class Lines {
    /** Deletes, duplicates or swaps lines, or inserts lines of another input. */
    public static final Mutation ANY = Lines::mutate;

    private static final List<String> ODD =
            List.of("", " ", "a", "a b c", " a", "a ", "a\tb", "#version: 0.2", "\r", "\u0000 a", "\uFEFFa b", "Ġ Ġ");

    private Lines() {}

    private static byte[] mutate(byte[] input, byte[] other, RandomGenerator random) {
        List<String> lines = lines(input);
        List<String> others = lines(other);
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        switch (random.nextInt(6)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
            case 2 -> lines.set(at, lines.set(random.nextInt(lines.size()), line));
            case 3 -> lines.add(at, ODD.get(random.nextInt(ODD.size())));
            case 4 -> lines.set(at, others.get(random.nextInt(others.size())));
            default -> lines.set(at, line.replace(" ", "") + " " + lines.get(random.nextInt(lines.size())));
        }
        return String.join(random.nextInt(16) == 0 ? "\r\n" : "\n", lines).getBytes(UTF_8);
    }

    private static List<String> lines(byte[] text) {
        return new ArrayList<>(Arrays.asList(new String(text, UTF_8).split("\n", -1)));
    }
}
