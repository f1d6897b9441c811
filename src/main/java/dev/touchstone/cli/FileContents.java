package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.gguf.Gguf;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The header of a GGUF or safetensors file.
 *
 * @param format the name of the format, with its version
 */
record FileContents(String format, ObjectNode metadata, List<Entry> tensors) {
    /** A tensor. */
    record Entry(String name, String type, int[] shape, long elements, long bytes) {}

    static FileContents read(Path file) {
        if (Files.isDirectory(file)) {
            throw new TouchstoneException(file + " is a folder, expected a GGUF or safetensors file");
        }
        String name = Problems.name(file);
        if (name.endsWith(".gguf")) {
            return gguf(file);
        }
        if (name.endsWith(".safetensors")) {
            return safetensors(file);
        }
        throw new TouchstoneException(file + ": expected a file whose name ends in .gguf or .safetensors");
    }

    private static FileContents gguf(Path file) {
        try (Gguf gguf = Gguf.open(file)) {
            List<Entry> tensors = gguf.all().stream()
                    .map(tensor -> new Entry(
                            tensor.name(), tensor.type().name(), tensor.shape(), tensor.elements(), tensor.bytes()))
                    .toList();
            return new FileContents("GGUF version " + gguf.version(), gguf.metadata(), tensors);
        }
    }

    private static FileContents safetensors(Path file) {
        try (Safetensors safetensors = Safetensors.open(file)) {
            ObjectNode metadata = JsonNodeFactory.instance.objectNode();
            safetensors.metadata().forEach(metadata::put);
            List<Entry> tensors = safetensors.names().stream()
                    .map(safetensors::get)
                    .map(tensor -> new Entry(
                            tensor.name(), tensor.dtype().name(), tensor.shape(), tensor.elements(), tensor.bytes()))
                    .toList();
            return new FileContents("safetensors", metadata, tensors);
        }
    }
}
