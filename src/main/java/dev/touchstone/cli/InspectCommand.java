package dev.touchstone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.util.Problems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        description = "Print the metadata and the tensors of a GGUF or safetensors file.",
        footer = {
            "",
            "Of long arrays and texts only the beginning is printed; --json prints all. Files of other architectures and types than those"
                    + " that run are printed as well; touchstone dequantize --help lists these.",
            "",
            "Examples:",
            "  touchstone inspect fixtures/gguf-llama.gguf",
            "  touchstone inspect --json fixtures/tiny-llama/model.safetensors"
        })
final class InspectCommand implements Callable<Integer> {
    private static final int LONGEST_VALUE = 72;
    private static final int ELEMENTS = 3;

    @Parameters(paramLabel = "FILE", description = "A file, or org/name/file.gguf in the local Hugging Face cache.")
    private String file;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object: format, version (GGUF), metadata, and tensors, each with name, type, shape"
                            + " and bytes.")
    private boolean json;

    @Mixin
    private final Console console;

    InspectCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        Path path = file.endsWith(".gguf") ? HubCache.ofThisUser().find(file) : Path.of(file);
        FileContents contents = FileContents.read(path);
        if (json) {
            console.print(json(contents) + System.lineSeparator());
        } else {
            contents.metadata()
                    .properties()
                    .forEach(entry -> line("%s = %s", Problems.printable(entry.getKey()), shortened(entry.getValue())));
            table(contents);
        }
        return 0;
    }

    private void table(FileContents contents) {
        List<FileContents.Entry> tensors = contents.tensors();
        int name = tensors.stream()
                .mapToInt(tensor -> Problems.printable(tensor.name()).length())
                .max()
                .orElse(0);
        String format = "%-" + Math.max(name, 6) + "s  %-8s %-20s %14s";
        line("");
        line(format, "tensor", "type", "shape", "bytes");
        for (FileContents.Entry tensor : tensors) {
            line(format, Problems.printable(tensor.name()), tensor.type(), shape(tensor), grouped(tensor.bytes()));
        }
        long elements = tensors.stream().mapToLong(FileContents.Entry::elements).sum();
        long bytes = tensors.stream().mapToLong(FileContents.Entry::bytes).sum();
        line(
                "%s, %d tensors, %s elements, %s bytes, %.2f bits an element",
                contents.format(),
                tensors.size(),
                grouped(elements),
                grouped(bytes),
                elements == 0 ? 0 : 8.0 * bytes / elements);
    }

    private static String shape(FileContents.Entry tensor) {
        return Arrays.stream(tensor.shape()).mapToObj(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        if (value.isArray() && value.size() > ELEMENTS) {
            ArrayNode first = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < ELEMENTS; i++) {
                first.add(value.get(i));
            }
            text = first.toString();
            text = text.substring(0, text.length() - 1) + ", ...] (" + grouped(value.size()) + " elements)";
        }
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 3) + "...";
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private void line(String format, Object... values) {
        console.print(String.format(Locale.ROOT, format, values).stripTrailing() + System.lineSeparator());
    }

    private static ObjectNode json(FileContents contents) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("format", contents.format());
        json.set("metadata", contents.metadata());
        ArrayNode list = json.putArray("tensors");
        for (FileContents.Entry tensor : contents.tensors()) {
            ObjectNode entry = list.addObject().put("name", tensor.name()).put("type", tensor.type());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(tensor.shape()).forEach(shape::add);
            entry.put("bytes", tensor.bytes());
        }
        return json;
    }
}
