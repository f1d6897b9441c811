package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.server.api.Replay;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        description = {
            "Compute a response of serve again, each text or embedding alone, and print whether it is equal, or where it"
                    + " differs. The exit code is 1 then."
        },
        sortOptions = false,
        footer = {"", "Example:", "  touchstone replay response.json"})
final class ReplayCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RESPONSE",
            description = "A file with a response: the JSON object, or the events of a stream.")
    private Path response;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final KernelOptions compute = new KernelOptions();

    @Mixin
    private final Console console;

    ReplayCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        compute.check();
        Replay replay = Replay.read(response.toString(), Utf8.read(response));
        try (LanguageModel loaded = model.load(compute, console)) {
            Optional<String> difference = replay.difference(loaded, model.fingerprint());
            console.print(
                    difference.orElseGet(() -> "equal: " + replay.contents() + ", digest " + replay.digest()) + "\n");
            return difference.isPresent() ? 1 : 0;
        }
    }
}
