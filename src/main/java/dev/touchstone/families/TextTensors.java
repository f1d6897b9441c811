package dev.touchstone.families;

import dev.touchstone.weights.StoredTensor;
import dev.touchstone.weights.StoredTensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of the language model in the checkpoint of a model of text and images.
 *
 * @param names their names, and what replaces them
 */
record TextTensors(StoredTensors checkpoint, Map<Pattern, String> names) implements StoredTensors {
    @Override
    public String place() {
        return checkpoint.place();
    }

    @Override
    public List<? extends StoredTensor> all() {
        return checkpoint.all().stream()
                .filter(tensor -> renamed(tensor).isPresent())
                .toList();
    }

    @Override
    public String nameInModel(StoredTensor tensor) {
        return renamed(tensor).orElseThrow();
    }

    private Optional<String> renamed(StoredTensor tensor) {
        return names.entrySet().stream()
                .map(name -> {
                    Matcher matcher = name.getKey().matcher(tensor.name());
                    return matcher.matches() ? matcher.replaceFirst(name.getValue()) : "";
                })
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
