package dev.touchstone.checkpoint.safetensors;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.safetensors.SafetensorsHeader.Entry;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file of any size. Opening it reads and checks the header; the tensors are read when they are asked for.
 */
public final class Safetensors implements AutoCloseable {
    private final String file;
    private final ByteSource source;
    private final SafetensorsHeader header;

    private Safetensors(String file, ByteSource source) throws IOException {
        this.file = file;
        this.source = source;
        this.header = SafetensorsHeader.read(file, source);
    }

    /** Opens a file and checks its header, which includes that the file is as long as the header says. */
    public static Safetensors open(Path file) {
        try {
            return open(Problems.name(file), ByteSource.of(file));
        } catch (IOException e) {
            throw Problems.unreadable(file.toString(), e);
        }
    }

    /** The same for any source of bytes; {@code file} is its name in messages. It is closed with the result, and if this throws. */
    public static Safetensors open(String file, ByteSource source) throws IOException {
        try {
            return new Safetensors(file, source);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** The names of all tensors, in the header's order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /** The metadata of the header, such as {@code format}: {@code pt}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** The tensor of this name. Throws a {@link TouchstoneException} if there is none. */
    public SafetensorsTensor get(String name) {
        Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new TouchstoneException(file + " holds no tensor " + Problems.printable(name));
        }
        return new SafetensorsTensor(file, source, entry, header.dataStart());
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (IOException e) {
            throw Problems.unreadable(file, e);
        }
    }
}
