package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The header of a GGUF file: a magic number, the version, the numbers of tensors and of metadata entries, the metadata, and for each
 * tensor its name, sizes, type and place. Reading checks all of it, so an entry is always valid. The format is specified in
 * <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">gguf.md</a>.
 *
 * @param metadata by key, in the order of the file
 * @param tensors by name, in the order of the file
 * @param dataStart the byte of the file at which the data begins; the offsets of tensors count from there
 */
record GgufHeader(int version, ObjectNode metadata, Map<String, Entry> tensors, long dataStart) {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int MAX_AXES = 4;
    private static final int LONGEST_NAME = 64;

    /** A name's length, the number of axes, one size, a type and an offset. */
    private static final int SMALLEST_TENSOR = Long.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES + Long.BYTES;

    /**
     * A tensor.
     *
     * @param shape the sizes in row-major order, the reverse of their order in the file
     * @param offset the first byte, counted from the start of the data
     */
    record Entry(String name, int[] shape, GgufType type, long offset) {
        long elements() {
            return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
        }

        long bytes() {
            return elements() / type.blockElements() * type.blockBytes();
        }
    }

    static GgufHeader read(String file, ByteSource source) throws IOException {
        return new Reader(file, source).read();
    }

    /** Reads and checks a header. */
    private static final class Reader {
        private final String file;
        private final ByteSource source;
        private final GgufInput in;

        Reader(String file, ByteSource source) {
            this.file = file;
            this.source = source;
            this.in = new GgufInput(file, source);
        }

        GgufHeader read() throws IOException {
            if (source.size() < Integer.BYTES || in.int32() != MAGIC) {
                throw new TouchstoneException(file + " does not begin with the letters GGUF: it is no GGUF file");
            }
            int version = version();
            int tensorCount = in.count("tensors", SMALLEST_TENSOR);
            int metadataCount = in.count("metadata entries", GgufMetadata.SMALLEST_ENTRY);
            ObjectNode metadata = new GgufMetadata(file, in).read(metadataCount);
            long alignment = alignment(metadata);
            Map<String, Entry> tensors = new LinkedHashMap<>();
            for (int i = 0; i < tensorCount; i++) {
                Entry entry = tensor(alignment);
                if (tensors.put(entry.name, entry) != null) {
                    throw damaged("has the tensor " + Problems.printable(entry.name) + " twice");
                }
            }
            long dataStart = (in.position() + alignment - 1) / alignment * alignment;
            checkPlaces(tensors, source.size() - dataStart);
            return new GgufHeader(version, metadata, tensors, dataStart);
        }

        private int version() throws IOException {
            int version = in.int32();
            if (version == 2 || version == 3) {
                return version;
            }
            int reversed = Integer.reverseBytes(version);
            throw new TouchstoneException(file
                    + (reversed == 2 || reversed == 3
                            ? " is a big-endian GGUF file, which is not supported; convert it with"
                                    + " python -m gguf.scripts.gguf_convert_endian FILE little"
                            : " has GGUF version " + Integer.toUnsignedString(version)
                                    + ", expected 2 or 3; convert the model again with llama.cpp"));
        }

        private long alignment(ObjectNode metadata) {
            JsonNode value = metadata.path("general.alignment");
            long alignment = value.asLong(32);
            if (!value.isMissingNode() && !value.isIntegralNumber()
                    || alignment < 1
                    || alignment > 1 << 20
                    || alignment % 8 != 0 && Long.bitCount(alignment) != 1) {
                throw damaged("general.alignment is " + value + ", expected a multiple of 8 up to 1048576");
            }
            return alignment;
        }

        private Entry tensor(long alignment) throws IOException {
            String name = in.string();
            String label = Problems.printable(name);
            if (name.length() > LONGEST_NAME) {
                throw damaged(
                        "has a tensor name of " + name.length() + " characters, expected at most " + LONGEST_NAME);
            }
            int axes = in.int32();
            if (axes < 0 || axes > MAX_AXES) {
                throw damaged(label + " has " + Integer.toUnsignedString(axes) + " axes, expected at most " + MAX_AXES);
            }
            int[] shape = new int[axes];
            long elements = 1;
            for (int axis = axes - 1; axis >= 0; axis--) {
                long size = in.int64();
                if (size < 1 || size > Integer.MAX_VALUE || elements > Long.MAX_VALUE / 64 / size) {
                    throw damaged(label + " has an axis of size " + Long.toUnsignedString(size));
                }
                shape[axis] = (int) size;
                elements *= size;
            }
            int id = in.int32();
            GgufType type = GgufType.of(id)
                    .orElseThrow(() -> new TouchstoneException(file + ": " + label + " has type "
                            + Integer.toUnsignedString(id) + ", which is unknown; expected one of "
                            + names(GgufType.readable())));
            int row = axes == 0 ? 1 : shape[axes - 1];
            if (row % type.blockElements() != 0) {
                throw damaged(label + " has rows of " + row + " elements, expected a multiple of "
                        + type.blockElements() + " for type " + type);
            }
            long offset = in.int64();
            if (offset < 0 || offset % alignment != 0) {
                throw damaged(label + " begins at byte " + Long.toUnsignedString(offset)
                        + " of the data, expected a multiple of " + alignment);
            }
            return new Entry(name, shape, type, offset);
        }

        private void checkPlaces(Map<String, Entry> tensors, long size) {
            List<Entry> inOrder = tensors.values().stream()
                    .sorted(Comparator.comparingLong(Entry::offset))
                    .toList();
            long end = 0;
            for (Entry entry : inOrder) {
                String label = Problems.printable(entry.name);
                if (entry.offset < end) {
                    throw damaged(label + " begins at byte " + entry.offset + " of the data, within another tensor");
                }
                if (entry.offset > size || entry.bytes() > size - entry.offset) {
                    throw new TouchstoneException(file + ": " + label + " has " + entry.bytes() + " bytes from byte "
                            + entry.offset + " of the data, of which the file has only " + Math.max(0, size)
                            + ": it is truncated; download it again");
                }
                end = entry.offset + entry.bytes();
            }
        }

        private TouchstoneException damaged(String what) {
            return new TouchstoneException(file + ": " + what + ": it is damaged; download it again");
        }
    }

    /** The names of types, for messages. */
    static String names(List<GgufType> types) {
        return types.stream().map(GgufType::name).collect(Collectors.joining(", "));
    }
}
