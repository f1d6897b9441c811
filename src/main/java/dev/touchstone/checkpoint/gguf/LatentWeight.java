package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The projection of latents to the keys and values of all heads as Hugging Face stores it: the rows of a head's keys, then those of its
 * values. The file has them in two tensors, and that of the keys with a row for each channel of the latent, so quantised blocks of keys
 * run across Hugging Face's rows.
 *
 * @param keys of the file. (H, L, K)
 * @param values of the file. (H, V, L)
 */
record LatentWeight(String name, GgufTensor keys, GgufTensor values) implements StoredTensor {
    /** The tensors of the file. */
    static final Pattern NAME = Pattern.compile("blk\\.\\d+\\.attn_([kv])_b\\.weight");

    LatentWeight {
        check(keys, 3, "(heads, channels of the latent, channels of a key)");
        check(values, 3, "(heads, channels of a value, channels of the latent)");
        int[] found = values.shape();
        if (found[0] != keys.shape()[0] || found[2] != keys.shape()[1]) {
            throw new TouchstoneException(values.file() + ": " + values.name() + " has shape " + Arrays.toString(found)
                    + ", expected " + keys.shape()[0] + " heads and " + keys.shape()[1] + " channels of the latent by "
                    + keys.name());
        }
    }

    private static void check(GgufTensor tensor, int axes, String meaning) {
        if (tensor.shape().length != axes) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " has shape "
                    + Arrays.toString(tensor.shape()) + ", expected " + axes + " axes: " + meaning);
        }
    }

    /** L */
    private int latent() {
        return keys.shape()[1];
    }

    /** K */
    private int keyRows() {
        return keys.shape()[2];
    }

    /** V */
    private int valueRows() {
        return values.shape()[1];
    }

    @Override
    public String file() {
        return keys.file();
    }

    @Override
    public String typeName() {
        return keys.typeName();
    }

    @Override
    public int[] shape() {
        return new int[] {keys.shape()[0] * (keyRows() + valueRows()), latent()};
    }

    @Override
    public long bytes() {
        return keys.bytes() + values.bytes();
    }

    @Override
    public boolean isFloat() {
        return keys.isFloat() && values.isFloat();
    }

    /** That of both tensors if it is the same and not quantised, else float32. */
    @Override
    public Matrix.Type matrixType() {
        boolean kept = keys.matrixType() == values.matrixType() && keys.matrixType() != Matrix.Type.QUANTIZED;
        return kept ? keys.matrixType() : Matrix.Type.FLOAT32;
    }

    @Override
    public List<GgufTensor> parts() {
        return List.of(keys, values);
    }

    @Override
    public Reader reader(int largest) {
        return new Rows(largest);
    }

    /** Reads elements that one reader has. */
    private interface Piece {
        void read(Reader reader, long first, int count, int at);
    }

    private final class Rows implements Reader {
        private final Reader ofValues;
        private TransposedReader ofKeys;
        private long head = -1;

        Rows(int largest) {
            this.ofValues = values.reader(largest);
        }

        /** The keys of one head. (K, L) */
        private TransposedReader keysOf(long wanted) {
            if (wanted != head) {
                head = wanted;
                StoredTensor matrix = GgufWeight.ordered(name, keys, RowOrder.from(wanted * latent(), latent()))
                        .reshaped(latent(), keyRows());
                ofKeys = new TransposedReader(matrix, keys.type().blockElements());
            }
            return ofKeys;
        }

        private void read(long first, int count, int at, Piece piece) {
            int L = latent();
            int rowsOfHead = keyRows() + valueRows();
            for (long element = first; element < first + count; ) {
                long row = element / L;
                int column = (int) (element % L);
                int inHead = (int) (row % rowsOfHead);
                long ofHead = row / rowsOfHead;
                int length = (int) Math.min(L - column, first + count - element);
                int target = (int) (at + element - first);
                if (inHead < keyRows()) {
                    piece.read(keysOf(ofHead), (long) inHead * L + column, length, target);
                } else {
                    long stored = ofHead * valueRows() + inHead - keyRows();
                    piece.read(ofValues, stored * L + column, length, target);
                }
                element += length;
            }
        }

        @Override
        public void floats(long first, int count, float[] to, int at) {
            read(first, count, at, (reader, from, length, target) -> reader.floats(from, length, to, target));
        }

        @Override
        public void bits(long first, int count, short[] to, int at) {
            read(first, count, at, (reader, from, length, target) -> reader.bits(from, length, to, target));
        }
    }
}
