package dev.touchstone.checkpoint.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.util.Json;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** All tensors of a checkpoint by name, be they in one file or in several shards with an index. */
public final class TensorFiles implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final ModelFiles files;
    private final List<Safetensors> opened = new ArrayList<>();
    private final Map<String, Safetensors> byName = new LinkedHashMap<>();

    private TensorFiles(ModelFiles files) {
        this.files = files;
    }

    public static TensorFiles open(ModelFiles files) {
        TensorFiles tensors = new TensorFiles(files);
        try {
            if (files.has(SINGLE)) {
                Safetensors file = tensors.openFile(SINGLE);
                file.names().forEach(name -> tensors.byName.put(name, file));
            } else if (files.has(INDEX)) {
                tensors.openShards();
            } else {
                throw tensors.noWeights();
            }
            return tensors;
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    /** Where the names come from, as messages say it. */
    public String place() {
        return files.has(SINGLE) ? SINGLE : INDEX;
    }

    /** Which file holds each tensor. */
    public Map<String, Safetensors> byName() {
        return Collections.unmodifiableMap(byName);
    }

    @Override
    public void close() {
        opened.forEach(Safetensors::close);
    }

    private Safetensors openFile(String name) {
        try {
            Safetensors file = Safetensors.open(name, files.open(name));
            opened.add(file);
            return file;
        } catch (IOException e) {
            throw Problems.unreadable(name, e);
        }
    }

    private void openShards() {
        JsonNode index = Json.object(INDEX, files.text(INDEX)).json().path("weight_map");
        if (!index.isObject() || index.isEmpty()) {
            throw new TouchstoneException(INDEX + " has no weight_map that names a tensor; download or save it again");
        }
        Map<String, String> shardOf = new LinkedHashMap<>();
        index.properties()
                .forEach(field -> shardOf.put(field.getKey(), field.getValue().asText()));
        for (String shard : new TreeSet<>(shardOf.values())) {
            openShard(shard, shardOf);
        }
        shardOf.forEach((name, shard) -> {
            if (!byName.containsKey(name)) {
                throw new TouchstoneException(INDEX + " says that " + Problems.printable(name) + " is in " + shard
                        + ", which does not hold it; download or save both again");
            }
        });
    }

    private void openShard(String shard, Map<String, String> shardOf) {
        if (!shard.matches("[\\w.-]+\\.safetensors")) {
            throw new TouchstoneException(INDEX + " names the file " + Problems.printable(shard)
                    + ", expected a file of this folder such as model-00001-of-00002.safetensors");
        }
        if (!files.has(shard)) {
            throw new TouchstoneException(
                    INDEX + " names " + shard + ", which is not in " + files.name() + "; download it too");
        }
        Safetensors file = openFile(shard);
        for (String name : file.names()) {
            if (!shard.equals(shardOf.get(name))) {
                throw new TouchstoneException(shard + " holds " + Problems.printable(name) + ", expected by " + INDEX
                        + " in " + shardOf.getOrDefault(name, "no file") + "; download or save both again");
            }
            byName.put(name, file);
        }
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
