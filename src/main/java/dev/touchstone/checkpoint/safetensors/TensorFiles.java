package dev.touchstone.checkpoint.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.util.Json;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The weights of a model's folder: {@code model.safetensors}, or else the files that {@code model.safetensors.index.json} names.
 * As in Hugging Face, the index only says which files to open: a tensor is where a file has it, whether the index lists it or not.
 */
public final class TensorFiles implements StoredTensors {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final ModelFiles files;
    private final List<Safetensors> opened = new ArrayList<>();
    private final Map<String, SafetensorsTensor> byName = new LinkedHashMap<>();

    private TensorFiles(ModelFiles files) {
        this.files = files;
    }

    /** Opens the files and checks their headers. */
    public static TensorFiles open(ModelFiles files) {
        TensorFiles tensors = new TensorFiles(files);
        try {
            if (files.has(SINGLE)) {
                tensors.openFile(SINGLE);
            } else if (files.has(INDEX)) {
                tensors.shards().forEach(tensors::openFile);
            } else {
                throw tensors.noWeights();
            }
            return tensors;
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    /** The names of the files that have the weights, and of their index; empty if there are none. */
    public static List<String> names(ModelFiles files) {
        if (files.has(SINGLE)) {
            return List.of(SINGLE);
        }
        List<String> names = new ArrayList<>();
        if (files.has(INDEX)) {
            names.add(INDEX);
            names.addAll(new TensorFiles(files).shards());
        }
        return names;
    }

    @Override
    public String place() {
        return files.has(SINGLE) ? SINGLE : INDEX;
    }

    @Override
    public List<SafetensorsTensor> all() {
        return List.copyOf(byName.values());
    }

    @Override
    public void close() {
        opened.forEach(Safetensors::close);
    }

    private void openFile(String name) {
        try {
            Safetensors file = Safetensors.open(name, files.open(name));
            opened.add(file);
            for (String tensor : file.names()) {
                SafetensorsTensor other = byName.putIfAbsent(tensor, file.get(tensor));
                if (other != null) {
                    throw new TouchstoneException(name + " holds " + Problems.printable(tensor) + ", which "
                            + other.file() + " holds too; download or save both again");
                }
            }
        } catch (IOException e) {
            throw Problems.unreadable(name, e);
        }
    }

    /** The names of the files that the index lists. */
    private TreeSet<String> shards() {
        JsonNode index = Json.object(INDEX, files.text(INDEX)).json().path("weight_map");
        if (!index.isObject() || index.isEmpty()) {
            throw new TouchstoneException(INDEX + " has no weight_map that names a tensor; download or save it again");
        }
        TreeSet<String> shards = new TreeSet<>();
        for (JsonNode shard : index) {
            String name = shard.asText();
            if (!isInFolder(name)) {
                throw new TouchstoneException(INDEX + " names the file " + Problems.printable(name)
                        + ", expected a file in this folder such as model-00001-of-00002.safetensors");
            }
            if (!files.has(name)) {
                throw new TouchstoneException(
                        INDEX + " names " + name + ", which is not in " + files.name() + "; download it too");
            }
            shards.add(name);
        }
        return shards;
    }

    /** Whether a name leads to a safetensors file in the folder or in one of its subfolders. */
    private static boolean isInFolder(String name) {
        return name.matches("(?:[\\w-][\\w.-]*/)*[\\w-][\\w.-]*\\.safetensors");
    }

    private TouchstoneException noWeights() {
        if (files.has("pytorch_model.bin") || files.has("pytorch_model.bin.index.json")) {
            return new TouchstoneException(files.name() + " holds its weights as pytorch_model.bin, a Python pickle;"
                    + " convert them to safetensors: python -c \"from transformers import AutoModelForCausalLM as M;"
                    + " M.from_pretrained('" + files.name() + "').save_pretrained('" + files.name() + "')\"");
        }
        return new TouchstoneException(
                files.name() + " holds neither " + SINGLE + " nor " + INDEX + "; pass a folder that has weights");
    }
}
