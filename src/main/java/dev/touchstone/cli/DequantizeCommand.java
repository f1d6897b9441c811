package dev.touchstone.cli;

import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.gguf.GgufFolder;
import dev.touchstone.checkpoint.safetensors.DType;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "dequantize",
        description = "Write the model of a GGUF file as a Hugging Face folder with plain weights.",
        footer = {
            "",
            "The folder gets config.json, model.safetensors and the files of the tokenizer. With float32, the model is exactly that of the"
                    + " file.",
            "",
            "Architectures that run: " + GgufFolder.ARCHITECTURES + ".",
            "Types of weights: " + GgufFolder.TYPES + ".",
            "",
            "Example:",
            "  touchstone dequantize fixtures/gguf-llama.gguf model-folder"
        })
final class DequantizeCommand implements Callable<Integer> {
    /** The types of weights that can be written. */
    enum Type {
        FLOAT32(DType.F32),
        BFLOAT16(DType.BF16);

        private final DType dtype;

        Type(DType dtype) {
            this.dtype = dtype;
        }
    }

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "A GGUF file, or org/name/file.gguf in the local Hugging Face cache.")
    private String file;

    @Parameters(index = "1", paramLabel = "FOLDER", description = "The folder to write, which must be new or empty.")
    private Path folder;

    @Option(
            names = "--dtype",
            paramLabel = "float32|bfloat16",
            description = "The type of the weights; bfloat16 rounds them. Default: float32.")
    private Type type = Type.FLOAT32;

    @Mixin
    private final Console console;

    DequantizeCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        try (GgufFolder model = GgufFolder.open(HubCache.ofThisUser().find(file))) {
            model.write(folder, type.dtype);
            console.note("wrote " + model.all().size() + " tensors to " + folder);
        }
        return 0;
    }
}
