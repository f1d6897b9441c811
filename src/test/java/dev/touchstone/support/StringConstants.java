package dev.touchstone.support;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The string constants of a class, read from its class file (JVM specification, section 4.4). */
public final class StringConstants {
    private static final int UTF8 = 1;
    private static final int STRING = 8;

    private StringConstants() {}

    /** Includes templates of string concatenation, and values of constants from other classes. */
    public static List<String> of(InputStream classFile) {
        try (DataInputStream in = new DataInputStream(classFile)) {
            in.skipNBytes(8); // magic number and version
            int count = in.readUnsignedShort();
            String[] texts = new String[count];
            List<Integer> strings = new ArrayList<>();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case UTF8 -> texts[i] = in.readUTF();
                    case STRING -> strings.add(in.readUnsignedShort());
                    case 7, 16, 19, 20 -> in.skipNBytes(2); // a class, a method type, a module, a package
                    case 15 -> in.skipNBytes(3); // a method handle
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4); // int, float, references, dynamic constants
                    case 5, 6 -> { // long and double take two places
                        in.skipNBytes(8);
                        i++;
                    }
                    default -> throw new IOException("unknown constant " + tag);
                }
            }
            return strings.stream().map(index -> texts[index]).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
