package dev.touchstone.tokenizer.unicode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Named sets of code points, read from a resource of this package. The JDK's own properties are not used: they depend on
 * its version (JDK 17 has Unicode 13), and a token id must not.
 */
public final class UnicodeSets {
    /**
     * Unicode 16: general categories, such as {@code Lu}, and {@code Other_Alphabetic}, {@code Other_Uppercase} and
     * {@code Other_Lowercase}.
     */
    public static final UnicodeSets CATEGORIES = new UnicodeSets("categories.txt");

    /** Unicode 16: scripts, such as {@code Han}. */
    public static final UnicodeSets SCRIPTS = new UnicodeSets("scripts.txt");

    /** Unicode 16: classes of characters for grapheme clusters. */
    static final UnicodeSets GRAPHEMES = new UnicodeSets("graphemes.txt");

    /** Sets of the other versions of Unicode that parts of Hugging Face's library use. */
    public static final UnicodeSets OTHERS = new UnicodeSets("others.txt");

    private final Map<String, String> ranges = new HashMap<>();

    private UnicodeSets(String resource) {
        lines(resource).forEach(line -> ranges.put(line.substring(0, line.indexOf(' ')), line));
    }

    /** The lines of a resource of this package, without comments. */
    static List<String> lines(String resource) {
        try (InputStream file = UnicodeSets.class.getResourceAsStream(resource)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all sets, in alphabetical order. */
    List<String> names() {
        return ranges.keySet().stream().sorted().toList();
    }

    /** A new set with the code points of all sets whose name matches; empty if there is none. */
    public BitSet where(Predicate<String> name) {
        BitSet set = new BitSet(Character.MAX_CODE_POINT + 1);
        ranges.forEach((key, line) -> {
            if (name.test(key)) {
                add(line, set);
            }
        });
        return set;
    }

    /** A new set with the code points of the set of this name; empty if there is none. */
    public BitSet of(String name) {
        return where(name::equals);
    }

    /** A line such as {@code Lu 41-5A C0-D6 100}. */
    private static void add(String line, BitSet set) {
        String[] fields = line.split(" ");
        for (int i = 1; i < fields.length; i++) {
            int dash = fields[i].indexOf('-');
            int first = Integer.parseInt(dash < 0 ? fields[i] : fields[i].substring(0, dash), 16);
            int last = dash < 0 ? first : Integer.parseInt(fields[i].substring(dash + 1), 16);
            set.set(first, last + 1);
        }
    }
}
