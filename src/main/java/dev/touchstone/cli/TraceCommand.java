package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "trace",
        description =
                "Run the model once on a prompt and write every intermediate tensor to a safetensors file. The names are"
                        + " those of the fixtures (see fixtures/README.md).",
        footer = {"", "Example:", "  touchstone trace --prompt-ids 1,2,3 --out taps.safetensors"})
final class TraceCommand implements Callable<Integer> {
    @Mixin
    private final PromptOptions prompt = new PromptOptions();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            required = true,
            description = "The file to write.")
    private Path out;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final KernelOptions compute = new KernelOptions();

    @Mixin
    private final Console console;

    TraceCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        prompt.check();
        compute.check();
        Map<String, Tensor> taps = new LinkedHashMap<>();
        Prompt read;
        try (LanguageModel loaded = model.load(compute, console)) {
            read = prompt.read(loaded.checkpoint(), console);
            loaded.trace(read.ids(), taps::put);
        }

        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        SafetensorsWriter file = new SafetensorsWriter().add("input_ids", read.ids(), read.ids().length);
        taps.forEach((name, value) -> {
            names.add(name);
            file.add(name, value);
        });
        file.metadata("taps", names.toString());
        if (read.text() != null) {
            file.metadata("text", read.text());
        }
        file.write(out);
        console.note(taps.size() + " taps of " + read.ids().length + " tokens in " + out);
        return 0;
    }
}
