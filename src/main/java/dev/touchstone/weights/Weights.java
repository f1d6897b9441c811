package dev.touchstone.weights;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a checkpoint, for a family to build its layers from. A layer is requested by its name, without the family's
 * prefix, and its sizes; a tensor that is missing, has another shape or holds a number that is not finite is an error. Tensors are
 * read one after another, each by several threads, so little memory is needed in addition to the model.
 */
public final class Weights implements AutoCloseable {
    private final CheckpointTensors tensors;
    private final ReadOptions options;
    private final ReadingThreads threads;

    /**
     * @param prefix the base model's place in the language model, {@code transformer.} for GPT-2. Some checkpoints have it in front of
     *     their names, others do not, a few have it twice
     * @param memory how many bytes the JVM may use, which must be enough for all tensors
     */
    public Weights(StoredTensors stored, String prefix, ReadOptions options, long memory) {
        this.tensors = new CheckpointTensors(stored, prefix, options);
        this.options = options;
        tensors.checkMemory(memory);
        this.threads = new ReadingThreads(options.threads());
    }

    /**
     * Throws if a tensor of the base model does not have the prefix exactly once, or that of the head has it: for families in which
     * Hugging Face does not load such files.
     *
     * @param parts the names of the base model's parts
     */
    public void checkPrefix(String head, String... parts) {
        tensors.checkPrefix(head, parts);
    }

    /** Whether the checkpoint has a tensor of this name. */
    public boolean has(String name) {
        return tensors.has(name);
    }

    /** {@code nn.Linear}, which stores one row for each output. {@code .weight} (O, I), {@code .bias} (O) */
    public Linear linear(String name, int inputs, int outputs, boolean bias) {
        return linear(name, name, inputs, outputs, bias);
    }

    /** The same for a layer that has another name in the file. */
    public Linear linear(String name, String stored, int inputs, int outputs, boolean bias) {
        Matrix weight = outputRows(stored + ".weight", outputs, inputs);
        return new Linear(name, weight, bias ? vector(stored + ".bias", outputs) : null);
    }

    /** Separate matrices for queries, keys and values, {@code .q_proj}, {@code .k_proj} and {@code .v_proj}. */
    public Projections projections(String name, int inputs, int queries, int keyValues, boolean bias) {
        return new Projections.Separate(
                linear(name + ".q_proj", inputs, queries, bias),
                linear(name + ".k_proj", inputs, keyValues, bias),
                linear(name + ".v_proj", inputs, keyValues, bias));
    }

    /** Hugging Face's {@code Conv1D}, which stores one row for each input. {@code .weight} (I, O), {@code .bias} (O) */
    public Linear conv1d(String name, int inputs, int outputs) {
        StoredTensor tensor = tensors.find(name + ".weight", inputs, outputs);
        StoredTensor transposed = tensor.transposed();
        Matrix weight = transposed == null
                ? new MatrixReader(tensor, options, threads).ofInputRows()
                : new MatrixReader(transposed, options, threads).ofOutputRows();
        tensors.used(name + ".weight");
        return new Linear(name, weight, vector(name + ".bias", outputs));
    }

    /** {@code nn.LayerNorm}. {@code .weight} (C), {@code .bias} (C) */
    public LayerNorm layerNorm(String name, int channels, double epsilon) {
        return new LayerNorm(name, vector(name + ".weight", channels), vector(name + ".bias", channels), epsilon);
    }

    /** LayerNorm without bias. {@code .weight} (C), or (H, D) for heads with gains of their own */
    public LayerNorm layerNormWithoutBias(String name, double epsilon, int... shape) {
        return new LayerNorm(name, shape[shape.length - 1], vector(name + ".weight", shape), null, epsilon);
    }

    /**
     * RMSNorm. {@code .weight} (C)
     *
     * @param plus is added to the stored weight: 1 in Gemma, else 0
     */
    public RmsNorm rmsNorm(String name, int channels, float plus, double epsilon) {
        return new RmsNorm(name, vector(name + ".weight", channels), plus, epsilon);
    }

    /** {@code nn.Embedding}. {@code .weight} (N, C) */
    public Embedding embedding(String name, int count, int channels) {
        return new Embedding(name, outputRows(name + ".weight", count, channels));
    }

    /** A vector, or the rows of another tensor one after another. (N) */
    public float[] vector(String name, int... shape) {
        StoredTensor tensor = tensors.find(name, shape);
        int size = Tensor.count(shape);
        float[] vector = new float[size];
        if (!options.shapesOnly()) {
            tensor.reader(size).floats(0, size, vector, 0);
            FiniteNumbers.check(tensor, vector, size, 0);
        }
        tensors.used(name);
        return vector;
    }

    /** A matrix that is stored with one row for each output. (O, I) */
    public Matrix outputRows(String name, int outputs, int inputs) {
        StoredTensor tensor = tensors.find(name, outputs, inputs);
        Matrix matrix = new MatrixReader(tensor, options, threads).ofOutputRows();
        tensors.used(name);
        return matrix;
    }

    /**
     * Matrices that are stored in one tensor, one after another, each with one row for each output; of each those rows are read
     * that start at {@code from}. (N, R, I) -> N x (I, rows)
     *
     * @param shape N, R and I
     */
    public List<Matrix> stackedOutputRows(String name, int[] shape, int from, int rows) {
        StoredTensor tensor = tensors.find(name, shape);
        List<Matrix> matrices = new ArrayList<>();
        for (int n = 0; n < shape[0]; n++) {
            StoredTensor slice = tensor.rows((long) n * shape[1] + from, rows, 1);
            matrices.add(new MatrixReader(slice, options, threads).ofOutputRows());
        }
        tensors.used(name);
        return matrices;
    }

    /**
     * Matrices that are stored in one tensor, one after another, each with one row for each input; of each row every {@code step}-th column
     * is read, from {@code from} on. (N, I, step O) -> N x (I, O)
     *
     * @param shape N, I and step O
     */
    public List<Matrix> stackedInputRows(String name, int[] shape, int from, int step) {
        StoredTensor tensor = tensors.find(name, shape);
        StoredTensor transposed = tensor.transposed();
        List<Matrix> matrices = new ArrayList<>();
        for (int n = 0; n < shape[0]; n++) {
            if (transposed != null) {
                StoredTensor rows = transposed.rows((long) n * shape[2] + from, shape[2] / step, step);
                matrices.add(new MatrixReader(rows, options, threads).ofOutputRows());
                continue;
            }
            StoredTensor slice = tensor.rows((long) n * shape[1], shape[1], 1);
            StoredTensor columns = step == 1 ? slice : new EveryColumn(slice, from, step);
            matrices.add(new MatrixReader(columns, options, threads).ofInputRows());
        }
        tensors.used(name);
        return matrices;
    }

    /**
     * The same with consecutive columns.
     *
     * @param shape N, I and the number of stored columns
     */
    public List<Matrix> stackedInputColumns(String name, int[] shape, int from, int columns) {
        StoredTensor tensor = tensors.find(name, shape);
        StoredTensor transposed = tensor.transposed();
        List<Matrix> matrices = new ArrayList<>();
        for (int n = 0; n < shape[0]; n++) {
            if (transposed != null) {
                StoredTensor rows = transposed.rows((long) n * shape[2] + from, columns, 1);
                matrices.add(new MatrixReader(rows, options, threads).ofOutputRows());
                continue;
            }
            StoredTensor slice = tensor.rows((long) n * shape[1], shape[1], 1);
            matrices.add(new MatrixReader(new ColumnRange(slice, from, columns), options, threads).ofInputRows());
        }
        tensors.used(name);
        return matrices;
    }

    /** Vectors that are stored in one tensor, of each every {@code step}-th number from {@code from} on. (N, step O) -> N x (O) */
    public List<float[]> stackedVectors(String name, int[] shape, int from, int step) {
        StoredTensor tensor = tensors.find(name, shape);
        List<float[]> vectors = new ArrayList<>();
        for (int n = 0; n < shape[0]; n++) {
            float[] all = new float[shape[1]];
            if (!options.shapesOnly()) {
                tensor.reader(shape[1]).floats((long) n * shape[1], shape[1], all, 0);
                FiniteNumbers.check(tensor, all, shape[1], (long) n * shape[1]);
            }
            float[] vector = new float[shape[1] / step];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = all[step * i + from];
            }
            vectors.add(vector);
        }
        tensors.used(name);
        return vectors;
    }

    /**
     * To be called when the model has been built. Warns of tensors that it has not read, and throws a {@link TouchstoneException} if
     * one of them belongs to a layer that it has.
     */
    public void checkUnused() {
        tensors.checkUnused();
    }

    /** Ends the threads that read. */
    @Override
    public void close() {
        threads.close();
    }
}
