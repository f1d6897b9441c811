package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.server.AccessLog;
import dev.touchstone.server.Server;
import dev.touchstone.serving.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = {
            "Answer requests over HTTP with OpenAI's API, and serve a chat page. The answer to a request is the same, bit for bit,"
                    + " whatever other requests there are. SIGTERM and Ctrl-C stop the server after the answers in progress."
        },
        sortOptions = false,
        footer = {"", "Examples:", "  touchstone serve", "  touchstone serve --port 9000 --api-key secret --log json"})
final class ServeCommand implements Callable<Integer> {
    /** The form of the log. */
    enum LogForm {
        TEXT,
        JSON,
        OFF;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec
    private CommandSpec command;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Option(
            names = {"--chat-template", "--template"},
            paramLabel = "FILE",
            description = "Use the chat template in FILE instead of the model's.")
    private Path template;

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    @Option(
            names = "--max-running",
            paramLabel = "N",
            description = "Compute at most N texts at the same time; others wait. Default: 32.")
    private Integer running;

    @Option(
            names = "--max-queued",
            paramLabel = "N",
            description = "Refuse requests with status 429 while N texts wait. Default: 1024.")
    private Integer queued;

    @Option(
            names = "--cache-memory",
            paramLabel = "MIB",
            description = "The memory for keys and values, in MiB. Default: a quarter of what Java may use.")
    private Integer cacheMemory;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "How long a stopping server goes on with the answers in progress. Default: 30.")
    private Integer grace;

    @Option(
            names = "--log",
            paramLabel = "text|json|off",
            description = "Print a line for each request on standard error, without texts and keys. Default: text.")
    private LogForm log = LogForm.TEXT;

    @Mixin
    private final KernelOptions compute = new KernelOptions();

    @Mixin
    private final Console console;

    ServeCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        check();
        AccessLog accesses = new AccessLog(
                log == LogForm.OFF ? null : line -> Console.printError(console.streams(), line),
                failure -> Console.printError(console.streams(), failure),
                log == LogForm.JSON);
        try (Server server = Server.open(listen.options(), accesses)) {
            CompletableFuture<String> fingerprint = CompletableFuture.supplyAsync(model::fingerprint);
            LoadOptions options = compute.options(console);
            options = template == null ? options : options.chatTemplate(template);
            try (LanguageModel loaded = model.load(options, console)) {
                server.serve(loaded, limits(), fingerprint);
                console.note("serving " + loaded.name() + " on " + listen.address(server.port())
                        + "; Ctrl-C stops the server");
                return Stopping.await(server, Duration.ofSeconds(grace == null ? 30 : grace), console);
            }
        }
    }

    private void check() {
        Usage usage = new Usage(command);
        listen.check();
        usage.refuse(running != null && running < 1, "--max-running must be at least 1, got " + running);
        usage.refuse(running != null && running > 512, "--max-running must be at most 512, got " + running);
        usage.refuse(queued != null && queued < 1, "--max-queued must be at least 1, got " + queued);
        usage.refuse(cacheMemory != null && cacheMemory < 1, "--cache-memory must be at least 1, got " + cacheMemory);
        usage.refuse(grace != null && grace < 0, "--grace must be at least 0, got " + grace);
        compute.check();
    }

    private Limits limits() {
        Limits limits = Limits.defaults();
        limits = running == null ? limits : limits.withRunning(running);
        limits = queued == null ? limits : limits.withQueued(queued);
        return cacheMemory == null ? limits : limits.withPageBytes((long) cacheMemory << 20);
    }
}
