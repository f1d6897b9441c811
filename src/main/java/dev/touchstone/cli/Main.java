package dev.touchstone.cli;

import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: finds the command, runs it, and turns errors into one line and an exit code. */
@Command(
        name = "touchstone",
        description = "Run language models on the CPU. Every tensor is checked against Hugging Face PyTorch.",
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  touchstone generate --prompt \"Once upon a time\"",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:the input cannot be used, or parity or doctor found something wrong",
            "2:wrong usage",
            "130:interrupted by Ctrl-C"
        })
public final class Main implements Runnable {
    /** By name, in the order of the help. Only the given command is created: creating all takes longer than Java's start. */
    private static final Map<String, Function<Streams, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("generate", GenerateCommand::new);
        COMMANDS.put("chat", ChatCommand::new);
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("replay", ReplayCommand::new);
        COMMANDS.put("compare", CompareCommand::new);
        COMMANDS.put("summary", SummaryCommand::new);
        COMMANDS.put("tokenize", TokenizeCommand::new);
        COMMANDS.put("trace", TraceCommand::new);
        COMMANDS.put("explain", ExplainCommand::new);
        COMMANDS.put("parity", ParityCommand::new);
        COMMANDS.put("pages", PagesCommand::new);
        COMMANDS.put("models", ModelsCommand::new);
        COMMANDS.put("inspect", InspectCommand::new);
        COMMANDS.put("dequantize", DequantizeCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private final Console console;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    private boolean version;

    private Main(Streams streams) {
        this.console = new Console(streams);
    }

    public static void main(String[] args) {
        VectorModule.load();
        System.exit(run(Streams.system(), args));
    }

    /** The whole program but the end of the process. Returns the exit code. */
    static int run(Streams streams, String... args) {
        boolean stacktrace = List.of(args).contains("--stacktrace");
        // Finding the width of the terminal starts a process for each command.
        boolean help = Stream.of(args).anyMatch(argument -> argument.matches("--help|-[a-zA-Z]*h"));
        boolean alone = args.length > 0 && COMMANDS.containsKey(args[0]);
        CommandLine commands = commands(streams, alone ? List.of(args[0]) : COMMANDS.keySet())
                .setUsageHelpAutoWidth(help && streams.outIsTerminal())
                .setParameterExceptionHandler((e, arguments) -> wrongUsage(
                        streams, e.getCommandLine().getCommandSpec(), WrongUsage.message(e, COMMANDS.keySet())))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> failure(streams, e, command.getCommandSpec(), stacktrace));
        if (alone) {
            CommandSpec command = commands.getSubcommands().get(args[0]).getCommandSpec();
            Optional<String> wrong = WrongUsage.beforeParsing(args, command);
            if (wrong.isPresent()) {
                return wrongUsage(streams, command, wrong.get());
            }
        }
        try {
            return commands.execute(args);
        } catch (OutOfMemoryError e) {
            Console.printError(
                    streams,
                    "touchstone: out of memory: Java may use "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB; allow more, for example with TOUCHSTONE_JAVA_OPTS=-Xmx8g");
            return 1;
        }
    }

    /** The parser with all commands. */
    static CommandLine commands(Streams streams) {
        return commands(streams, COMMANDS.keySet());
    }

    private static CommandLine commands(Streams streams, Collection<String> names) {
        CommandLine commands = new CommandLine(new Main(streams));
        names.forEach(name -> commands.addSubcommand(COMMANDS.get(name).apply(streams)));
        commands.getSubcommands().values().forEach(Main::describeDefaults);
        return Values.register(commands)
                .setOut(Console.writer(streams.out()))
                .setErr(Console.writer(streams.err()))
                .setColorScheme(Help.defaultColorScheme(streams.ansi()))
                .setExpandAtFiles(false) // a prompt may begin with @
                .setUsageHelpLongOptionsMaxWidth(32);
    }

    private static void describeDefaults(CommandLine command) {
        for (CommandSpec mixin : command.getCommandSpec().mixins().values()) {
            if (mixin.userObject() instanceof GenerationOptions generation) {
                command.setResourceBundle(generation.defaults().texts());
            }
        }
    }

    /** Reports that the command is missing. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as generate");
    }

    private static int wrongUsage(Streams streams, CommandSpec command, String message) {
        String name = command.qualifiedName();
        Console.printError(streams, name + ": " + TouchstoneException.oneLine(message) + " (see " + name + " --help)");
        return 2;
    }

    private static int failure(Streams streams, Exception e, CommandSpec command, boolean stacktrace) {
        if (e instanceof ClosedOutput closed && closed.isBrokenPipe()) {
            return 0;
        }
        String message =
                e instanceof TouchstoneException expected ? Advice.onCommandLine(expected, command) : e.getMessage();
        boolean expected = e instanceof TouchstoneException || e instanceof ClosedOutput;
        Console.printError(
                streams, "touchstone: " + TouchstoneException.oneLine(expected ? message : "this is a bug: " + e));
        if (stacktrace) {
            Console.printError(streams, Problems.trace(e));
        } else if (!expected) {
            Console.printError(streams, "touchstone: add --stacktrace to see where it happened");
        }
        return 1;
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "touchstone " + (version == null ? "(not from a jar)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
