package dev.touchstone.checkpoint.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: eight bytes with the length of the header, little-endian, then the header as
 * JSON, then the data without a gap. Reading checks all of it, so an entry is always valid.
 * The rules are those of the
 * <a href="https://github.com/huggingface/safetensors#format">reference implementation</a>.
 *
 * @param dataStart where the data begins in the file; offsets count from there
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata, long dataStart) {
    /** The reference implementation's limit too. */
    private static final int LONGEST = 100_000_000;

    /** One tensor: bytes {@code begin} until {@code end} of the data. */
    record Entry(String name, DType dtype, int[] shape, long begin, long end) {}

    static SafetensorsHeader read(String file, ByteSource source) throws IOException {
        long length = length(file, source);
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        source.read(bytes, Long.BYTES);
        SafetensorsHeader header = SafetensorsHeaderParser.parse(file, text(file, bytes.flip()), Long.BYTES + length);
        header.checkThatDataIsContiguous(file, source.size() - header.dataStart);
        return header;
    }

    private static long length(String file, ByteSource source) throws IOException {
        if (source.size() < Long.BYTES) {
            throw new TouchstoneException(file + " has " + source.size()
                    + " bytes, too few for a safetensors file, which begins with 8 bytes of header length;"
                    + " download or save it again");
        }
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        source.read(bytes, 0);
        long length = bytes.getLong(0);
        if (length < 0 || length > LONGEST) {
            throw new TouchstoneException(
                    file + ": the length of the header is given as " + Long.toUnsignedString(length)
                            + " bytes, the limit is " + LONGEST + "; this is no safetensors file, or a damaged one");
        }
        if (length > source.size() - Long.BYTES) {
            throw new TouchstoneException(file + " is truncated: the header is " + length + " bytes long, the file has "
                    + (source.size() - Long.BYTES) + " after its length; download or save it again");
        }
        return length;
    }

    private static String text(String file, ByteBuffer bytes) {
        try {
            return UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new TouchstoneException(
                    file + ": the header is not UTF-8; this is no safetensors file, or a damaged one", e);
        }
    }

    private void checkThatDataIsContiguous(String file, long size) {
        List<Entry> inOrder = tensors.values().stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
        long end = 0;
        for (Entry entry : inOrder) {
            String name = file + ": " + Problems.printable(entry.name);
            if (entry.begin != end) {
                throw new TouchstoneException(name + " begins at byte " + entry.begin + " of the data, expected " + end
                        + ": tensors may not " + (entry.begin < end ? "overlap" : "leave a hole"));
            }
            end = entry.end;
            if (end > size) {
                throw new TouchstoneException(
                        name + " ends at byte " + end + " of the data, of which the file has only " + size
                                + ": it is truncated; download or save it again");
            }
        }
        if (end != size) {
            throw new TouchstoneException(file + " has " + size + " bytes of data, expected " + end
                    + ": the header does not account for the rest");
        }
    }
}
