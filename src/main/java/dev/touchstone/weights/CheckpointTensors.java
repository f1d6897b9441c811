package dev.touchstone.weights;

import dev.touchstone.util.Problems;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a checkpoint by name, without the family's prefix, and which of them have been read. */
final class CheckpointTensors {
    private final StoredTensors stored;
    private final String prefix;
    private final ReadOptions options;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final UnusedTensors unused;
    private final long bytesTotal;
    private long bytesDone;

    CheckpointTensors(StoredTensors stored, String prefix, ReadOptions options) {
        this.stored = stored;
        this.prefix = prefix;
        this.options = options;
        for (StoredTensor tensor : stored.all()) {
            StoredTensor other = tensors.putIfAbsent(baseName(stored.nameInModel(tensor)), tensor);
            if (other != null) {
                throw new TouchstoneException(tensor.file() + " holds both " + Problems.printable(other.name())
                        + " and " + Problems.printable(tensor.name()) + ", expected one of them");
            }
        }
        this.unused = new UnusedTensors(tensors);
        this.bytesTotal =
                tensors.values().stream().mapToLong(StoredTensor::bytes).sum();
    }

    private String baseName(String nameInModel) {
        String name = nameInModel;
        for (int i = 0; i < 2 && !prefix.isEmpty() && name.startsWith(prefix); i++) {
            name = name.substring(prefix.length());
        }
        return name;
    }

    /** Throws if the tensors take more than {@code memory} bytes. */
    void checkMemory(long memory) {
        long needed = tensors.values().stream()
                .filter(StoredTensor::isFloat)
                .mapToLong(tensor -> options.type().bytes(tensor))
                .sum();
        if (needed > memory) {
            String heap = (needed + needed / 4 >> 20) + 250 + "m";
            throw new TouchstoneException(
                    "the weights take %,d MB, and the JVM's heap has at most %,d MB; start the JVM with -Xmx%s or more"
                            .formatted(needed >> 20, memory >> 20, heap),
                    new Remedy("heap", heap));
        }
    }

    /** See {@link Weights#checkPrefix}. */
    void checkPrefix(String head, String... parts) {
        tensors.forEach((name, tensor) -> {
            boolean ofBase = Arrays.stream(parts).anyMatch(part -> name.startsWith(part + "."));
            String expected = ofBase ? prefix + name : name;
            if ((ofBase || name.startsWith(head + "."))
                    && !stored.nameInModel(tensor).equals(expected)) {
                throw new TouchstoneException(tensor.file() + " holds " + Problems.printable(tensor.name())
                        + ", expected the name " + expected);
            }
        });
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** The tensor of this name, which must have this shape. */
    StoredTensor find(String name, int... shape) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new TouchstoneException(stored.place() + " holds no " + name
                    + (prefix.isEmpty() ? "" : ", with or without the prefix " + prefix)
                    + ", expected one of shape " + Arrays.toString(shape) + ": " + reason(name));
        }
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " has shape "
                    + Arrays.toString(tensor.shape()) + ", expected " + Arrays.toString(shape));
        }
        return tensor;
    }

    /** Why a tensor may be missing. */
    private String reason(String name) {
        for (String wrapper : List.of("module.", "_orig_mod.")) {
            if (tensors.keySet().stream().anyMatch(other -> other.startsWith(wrapper))) {
                return "names begin with " + wrapper
                        + " because a wrapper of the model was saved; remove that from them"
                        + " with python -c \"from safetensors.torch import load_file as load, save_file as save;"
                        + " f='model.safetensors'; save({k.removeprefix('" + wrapper
                        + "'): v for k, v in load(f).items()}, f, {'format': 'pt'})\"";
            }
        }
        String inTensorFlow = name.replaceFirst("\\.weight$", ".gamma").replaceFirst("\\.bias$", ".beta");
        if (has(inTensorFlow)) {
            return "there is " + inTensorFlow + ", its name in TensorFlow, which Hugging Face does not load either;"
                    + " rename gamma to weight and beta to bias";
        }
        return "config.json describes another model, or the weights are incomplete";
    }

    /** To be called when a tensor has been read. */
    void used(String name) {
        if (unused.remove(name)) {
            bytesDone += tensors.get(name).bytes();
            options.progress().bytes(bytesDone, bytesTotal);
        }
    }

    /** To be called when the model has been built, see {@link Weights#checkUnused}. */
    void checkUnused() {
        unused.check(options.warnings());
        if (bytesDone < bytesTotal) {
            options.progress().bytes(bytesTotal, bytesTotal);
        }
    }
}
