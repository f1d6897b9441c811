package dev.touchstone.weights;

import dev.touchstone.checkpoint.safetensors.FiniteNumbers;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.TensorFiles;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint as a family sees it: asks for tensors by the name of their module and the shape they must have, one after
 * the other, so that memory holds the model and one tensor besides. What nobody asked for is an error in the end.
 */
public final class Weights {
    private final String prefix;
    private final String place;
    private final Map<String, Safetensors> files;
    private final Map<String, String> nameOnDisk = new LinkedHashMap<>();
    private final Set<String> unused = new LinkedHashSet<>();
    private final WeightType type;
    private final Progress progress;
    private final long bytesTotal;
    private long bytesDone;

    /**
     * @param prefix what stands before the names of some checkpoints of a family and not before those of others, such as
     *     {@code transformer.}; names are asked for without it
     * @param memory bytes that Java may use, which must hold all tensors
     */
    public Weights(TensorFiles tensors, String prefix, WeightType type, long memory, Progress progress) {
        this.prefix = prefix;
        this.type = type;
        this.place = tensors.place();
        this.files = tensors.byName();
        this.progress = progress;
        for (String onDisk : files.keySet()) {
            String name = onDisk.startsWith(prefix) ? onDisk.substring(prefix.length()) : onDisk;
            String other = nameOnDisk.put(name, onDisk);
            if (other != null) {
                throw new TouchstoneException(files.get(onDisk).file() + " holds both " + Problems.printable(other)
                        + " and " + Problems.printable(onDisk) + ", expected one of them");
            }
        }
        unused.addAll(nameOnDisk.keySet());
        bytesTotal = files.entrySet().stream()
                .mapToLong(entry -> entry.getValue().bytes(entry.getKey()))
                .sum();
        checkThatMemorySuffices(memory);
    }

    private void checkThatMemorySuffices(long memory) {
        long needed = files.entrySet().stream()
                .filter(entry -> entry.getValue().dtype(entry.getKey()).isFloat())
                .mapToLong(entry -> entry.getValue().elements(entry.getKey())
                        * type.bytes(entry.getValue().dtype(entry.getKey())))
                .sum();
        if (needed > memory) {
            throw new TouchstoneException(
                    "the weights take %,d MB, Java may use %,d MB; allow more, such as TOUCHSTONE_JAVA_OPTS=-Xmx%dm"
                            .formatted(needed >> 20, memory >> 20, (needed + needed / 4 >> 20) + 250));
        }
    }

    public boolean has(String name) {
        return nameOnDisk.containsKey(name);
    }

    /** Passes over a tensor that is no weight, if it is there: exactly this one. */
    public void ignore(String name) {
        if (has(name)) {
            used(name);
        }
    }

    /** {@code nn.Linear}, which stores one row an output. {@code .weight} (O, I), {@code .bias} (O) */
    public Linear linear(String name, int inputs, int outputs, boolean bias) {
        Matrix weight = outputRows(name + ".weight", outputs, inputs);
        return new Linear(name, weight, bias ? vector(name + ".bias", outputs) : null);
    }

    /** Queries, keys and values of so many outputs, under the usual names {@code .q_proj}, {@code .k_proj}, {@code .v_proj}. */
    public Projections projections(String name, int inputs, int queries, int keyValues, boolean bias) {
        return new Projections.Separate(
                linear(name + ".q_proj", inputs, queries, bias),
                linear(name + ".k_proj", inputs, keyValues, bias),
                linear(name + ".v_proj", inputs, keyValues, bias));
    }

    /** Hugging Face's {@code Conv1D}, which stores one row an input. {@code .weight} (I, O), {@code .bias} (O) */
    public Linear conv1d(String name, int inputs, int outputs) {
        Matrix weight = inputRows(name + ".weight", inputs, outputs);
        return new Linear(name, weight, vector(name + ".bias", outputs));
    }

    /** {@code nn.LayerNorm}. {@code .weight} (C), {@code .bias} (C) */
    public LayerNorm layerNorm(String name, int channels, double epsilon) {
        return new LayerNorm(name, vector(name + ".weight", channels), vector(name + ".bias", channels), epsilon);
    }

    /** The RMSNorm that every family has its own class of; {@code plus} is what its gains are told from. {@code .weight} (C) */
    public RmsNorm rmsNorm(String name, int channels, float plus, double epsilon) {
        return new RmsNorm(name, vector(name + ".weight", channels), plus, epsilon);
    }

    /** {@code nn.Embedding}. {@code .weight} (N, C) */
    public Embedding embedding(String name, int count, int channels) {
        return new Embedding(name, outputRows(name + ".weight", count, channels));
    }

    /** (N) */
    public float[] vector(String name, int size) {
        return tensor(name, size).data();
    }

    /** A matrix of one row an input. (I, O) */
    Matrix inputRows(String name, int inputs, int outputs) {
        Matrix matrix = reader(name, inputs, outputs).ofInputRows();
        used(name);
        return matrix;
    }

    /** A matrix of one row an output. (O, I) */
    public Matrix outputRows(String name, int outputs, int inputs) {
        Matrix matrix = reader(name, outputs, inputs).ofOutputRows();
        used(name);
        return matrix;
    }

    private MatrixReader reader(String name, int... shape) {
        return new MatrixReader(find(name, shape), nameOnDisk.get(name), type);
    }

    /** A tensor that must be there, have this shape and hold finite numbers only. */
    Tensor tensor(String name, int... shape) {
        Safetensors file = find(name, shape);
        Tensor tensor = file.tensor(nameOnDisk.get(name));
        FiniteNumbers.check(file, nameOnDisk.get(name), tensor.data(), tensor.size(), 0);
        used(name);
        return tensor;
    }

    /** The file that holds the tensor, in this shape. */
    private Safetensors find(String name, int... shape) {
        if (!has(name)) {
            throw new TouchstoneException(place + " holds no " + name
                    + (prefix.isEmpty() ? "" : ", with or without " + prefix + " in front") + ", expected one of shape "
                    + Arrays.toString(shape)
                    + ": config.json describes another model, or the weights are incomplete");
        }
        String onDisk = nameOnDisk.get(name);
        Safetensors file = files.get(onDisk);
        if (!Arrays.equals(file.shape(onDisk), shape)) {
            throw new TouchstoneException(file.file() + ": " + onDisk + " has shape "
                    + Arrays.toString(file.shape(onDisk)) + ", expected " + Arrays.toString(shape));
        }
        return file;
    }

    /** To be called when the model is built: nothing in the checkpoint may be left over. */
    public void checkThatAllAreUsed() {
        if (!unused.isEmpty()) {
            String name = nameOnDisk.get(unused.iterator().next());
            throw new TouchstoneException(files.get(name).file() + " holds " + unused.size()
                    + " tensors that the model has no place for, the first is " + Problems.printable(name)
                    + ": config.json describes another model");
        }
    }

    private void used(String name) {
        if (unused.remove(name)) {
            String onDisk = nameOnDisk.get(name);
            bytesDone += files.get(onDisk).bytes(onDisk);
            progress.bytes(bytesDone, bytesTotal);
        }
    }
}
