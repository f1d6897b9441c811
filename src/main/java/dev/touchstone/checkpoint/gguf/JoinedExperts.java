package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matrices, or biases, of all experts as Hugging Face stores them: gate and up projections of an expert in one, whose rows come one after
 * another or in turn, and in gpt-oss and Llama 4 with a row for each input, where the file has one for each output.
 *
 * @param parts of the file: one, or those of gate and up projections. (E, O, I) or (E, O)
 * @param inTurn whether the rows of the parts come in turn
 * @param transposes whether Hugging Face has a row for each input
 */
record JoinedExperts(String name, List<GgufTensor> parts, boolean inTurn, boolean transposes) implements StoredTensor {
    /** Tensors of the file that are not Hugging Face's in {@link #joins some architectures}. */
    static final Pattern NAME = Pattern.compile("blk\\.(\\d+)\\.ffn_(gate|up|down)_exps\\.(weight|bias)");

    /** Whether an architecture has the gate and up projections of its experts in one tensor. */
    static boolean joins(GgufArchitecture architecture) {
        return List.of(GgufArchitecture.GRANITE_MOE, GgufArchitecture.GPT_OSS, GgufArchitecture.LLAMA4)
                .contains(architecture);
    }

    /** The tensor of which a tensor of the file is the first part; empty if it is the second one. */
    static Optional<JoinedExperts> of(GgufArchitecture architecture, String name, Map<String, GgufTensor> tensors) {
        Matcher match = NAME.matcher(name);
        if (!match.matches()) {
            throw new IllegalArgumentException(name);
        }
        String block = "model.layers." + match.group(1);
        String kind = match.group(3);
        boolean down = match.group(2).equals("down");
        GgufTensor first = tensors.get(name.replace("_up_", "_gate_"));
        GgufTensor second = tensors.get(name.replace("_gate_", "_up_"));
        int[] shape = tensors.get(name).shape();
        int axes = kind.equals("bias") ? 2 : 3;
        if (shape.length != axes || first == null || second == null || !Arrays.equals(first.shape(), second.shape())) {
            throw new TouchstoneException(
                    tensors.get(name).file() + ": " + name + " has shape " + Arrays.toString(shape) + ", expected "
                            + axes + " axes, and the same shape of ffn_gate_exps and ffn_up_exps");
        }
        if (match.group(2).equals("up")) {
            return Optional.empty();
        }
        List<GgufTensor> parts = down ? List.of(first) : List.of(first, second);
        if (architecture == GgufArchitecture.GRANITE_MOE) {
            String layer = down ? "output_linear" : "input_linear";
            return Optional.of(
                    new JoinedExperts(block + ".block_sparse_moe." + layer + "." + kind, parts, false, false));
        }
        String layer = down ? "down_proj" : "gate_up_proj";
        boolean bias = kind.equals("bias");
        boolean inTurn = architecture == GgufArchitecture.GPT_OSS;
        String path = block + (inTurn ? ".mlp" : ".feed_forward") + ".experts." + layer + (bias ? "_bias" : "");
        return Optional.of(new JoinedExperts(path, parts, inTurn, !bias));
    }

    private GgufTensor first() {
        return parts.get(0);
    }

    /** O, the rows of an expert in one part. */
    private int rowsOfPart() {
        return first().shape()[1];
    }

    private int rowsOfExpert() {
        return parts.size() * rowsOfPart();
    }

    /** I, which is 1 for biases. */
    private int columns() {
        return first().shape().length == 2 ? 1 : first().shape()[2];
    }

    @Override
    public String file() {
        return first().file();
    }

    @Override
    public String typeName() {
        return first().typeName();
    }

    @Override
    public int[] shape() {
        int[] shape = first().shape();
        shape[1] = rowsOfExpert();
        return transposes ? new int[] {shape[0], shape[2], shape[1]} : shape;
    }

    @Override
    public long bytes() {
        return parts.stream().mapToLong(GgufTensor::bytes).sum();
    }

    @Override
    public boolean isFloat() {
        return parts.stream().allMatch(GgufTensor::isFloat);
    }

    /** Parts of different types become float32 together; {@link #rows} of one part keep its type. */
    @Override
    public Matrix.Type matrixType() {
        boolean same = parts.stream().allMatch(part -> part.type() == first().type());
        return same ? first().matrixType() : Matrix.Type.FLOAT32;
    }

    @Override
    public Quantization quantization() {
        return matrixType() == Matrix.Type.QUANTIZED ? first().quantization() : null;
    }

    @Override
    public List<GgufTensor> parts() {
        return parts;
    }

    @Override
    public StoredTensor transposed() {
        return transposes ? new JoinedExperts(name, parts, inTurn, false) : null;
    }

    /** The rows of one part are those of the file. */
    @Override
    public StoredTensor rows(long first, int count, int step) {
        if (transposes || partOf(first) != partOf(first + (count - 1L) * step) || inTurn && step % parts.size() != 0) {
            return StoredTensor.super.rows(first, count, step);
        }
        RowOrder order = new RowOrder(count, row -> inPart(first + row * step));
        return GgufWeight.ordered(name, parts.get(partOf(first)), order).reshaped(count, columns());
    }

    private int partOf(long row) {
        int inExpert = (int) (row % rowsOfExpert());
        return inTurn ? inExpert % parts.size() : inExpert / rowsOfPart();
    }

    /** The row of its part. */
    private long inPart(long row) {
        int inExpert = (int) (row % rowsOfExpert());
        return row / rowsOfExpert() * rowsOfPart() + (inTurn ? inExpert / parts.size() : inExpert % rowsOfPart());
    }

    @Override
    public Reader reader(int largest) {
        return transposes ? new Transposed() : new Rows(largest);
    }

    /** Reads elements that one reader has. */
    private interface Piece {
        void read(Reader reader, long first, int count, int at);
    }

    /** Reads the rows of all parts. */
    private final class Rows implements Reader {
        private final List<Reader> readers;

        Rows(int largest) {
            this.readers = parts.stream().map(part -> part.reader(largest)).toList();
        }

        private void read(long first, int count, int at, Piece piece) {
            for (long element = first; element < first + count; ) {
                long row = element / columns();
                int column = (int) (element % columns());
                int length = (int) Math.min(columns() - column, first + count - element);
                piece.read(readers.get(partOf(row)), inPart(row) * columns() + column, length, (int)
                        (at + element - first));
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

    /** Reads the matrix of one expert after another as its transpose. */
    private final class Transposed implements Reader {
        private final StoredTensor whole = transposed();
        private final long size = (long) rowsOfExpert() * columns();
        private long expert = -1;
        private TransposedReader reader;

        private TransposedReader of(long wanted) {
            if (wanted != expert) {
                expert = wanted;
                StoredTensor matrix = whole.rows(wanted * rowsOfExpert(), rowsOfExpert(), 1);
                reader = new TransposedReader(matrix, first().type().blockElements());
            }
            return reader;
        }

        private void read(long first, int count, int at, Piece piece) {
            for (int done = 0; done < count; ) {
                long from = (first + done) % size;
                int length = (int) Math.min(size - from, count - done);
                piece.read(of((first + done) / size), from, length, at + done);
                done += length;
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
