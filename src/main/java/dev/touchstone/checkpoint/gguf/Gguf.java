package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A GGUF model: one file, or all parts of a split one. Opening it reads and checks the headers; the tensors are read when they are
 * asked for.
 */
public final class Gguf implements StoredTensors {
    private final String place;
    private final List<ByteSource> sources = new ArrayList<>();
    private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    private GgufHeader first;

    private Gguf(String place) {
        this.place = place;
    }

    /** Opens a file. If it is a part of a split model, opens all parts, which must be in the same folder. */
    public static Gguf open(Path file) {
        Gguf gguf = new Gguf(Problems.name(file));
        try {
            for (Path part : GgufFiles.parts(file)) {
                gguf.add(Problems.name(part), ByteSource.of(part));
            }
            gguf.checkSplit();
            return gguf;
        } catch (IOException e) {
            gguf.close();
            throw Problems.unreadable(file.toString(), e);
        } catch (RuntimeException e) {
            gguf.close();
            throw e;
        }
    }

    /** Opens any source of bytes; {@code file} is its name in messages. It is closed with the result, and if this throws. */
    public static Gguf open(String file, ByteSource source) throws IOException {
        Gguf gguf = new Gguf(file);
        try {
            gguf.add(file, source);
            return gguf;
        } catch (IOException | RuntimeException e) {
            gguf.close();
            throw e;
        }
    }

    private void add(String file, ByteSource source) throws IOException {
        sources.add(source);
        GgufHeader header = GgufHeader.read(file, source);
        first = first == null ? header : first;
        header.tensors().forEach((name, entry) -> {
            GgufTensor tensor = new GgufTensor(file, source, entry, header.dataStart());
            GgufTensor other = tensors.put(name, tensor);
            if (other != null) {
                throw new TouchstoneException(file + " holds " + Problems.printable(name) + ", which " + other.file()
                        + " holds too; download all parts again");
            }
        });
    }

    private void checkSplit() {
        long parts = first.metadata().path("split.count").asLong(1);
        if (parts > 1 && parts != sources.size()) {
            throw new TouchstoneException(
                    place + " is one of " + parts + " parts by its split.count, but its name does not"
                            + " end in -00001-of-%05d.gguf; give the parts their names back".formatted(parts));
        }
        long count = first.metadata().path("split.tensors.count").asLong(tensors.size());
        if (count != tensors.size()) {
            throw new TouchstoneException(place + " and its other parts hold " + tensors.size() + " tensors, expected "
                    + count + "; download all parts again");
        }
    }

    /** The version of the format, 2 or 3. */
    public int version() {
        return first.version();
    }

    /** The metadata, of the first part if the model is split. */
    public ObjectNode metadata() {
        return first.metadata();
    }

    /** The tensors by their names in the file. */
    public Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public List<GgufTensor> all() {
        return List.copyOf(tensors.values());
    }

    @Override
    public void close() {
        for (ByteSource source : sources) {
            try {
                source.close();
            } catch (IOException e) {
                throw Problems.unreadable(place, e);
            }
        }
    }
}
