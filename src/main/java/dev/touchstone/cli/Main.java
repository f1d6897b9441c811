package dev.touchstone.cli;

import dev.touchstone.util.TouchstoneException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: finds the command, runs it, and turns what went wrong into one line and an exit code. */
@Command(
        name = "touchstone",
        description = "A from-scratch LLM inference engine, every tensor of it checked against PyTorch.",
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example: touchstone generate --prompt \"Once upon a time\"",
            "",
            "Exit codes: 0 success; 1 the input cannot be used, the message says why, or parity or doctor found"
                    + " something wrong; 2 wrong usage; 130 stopped by Ctrl-C."
        })
public final class Main implements Runnable {
    /** By name, in the order of the help. To read the options of all takes longer than Java's own start. */
    private static final Map<String, Function<Streams, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("generate", GenerateCommand::new);
        COMMANDS.put("chat", ChatCommand::new);
        COMMANDS.put("compare", CompareCommand::new);
        COMMANDS.put("summary", SummaryCommand::new);
        COMMANDS.put("tokenize", TokenizeCommand::new);
        COMMANDS.put("trace", TraceCommand::new);
        COMMANDS.put("explain", ExplainCommand::new);
        COMMANDS.put("parity", ParityCommand::new);
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
            description = "Show the version.")
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
        // To ask for the terminal's width starts a process, for each command anew.
        boolean help = Stream.of(args).anyMatch(argument -> argument.matches("--help|-[a-zA-Z]*h"));
        boolean alone = args.length > 0 && COMMANDS.containsKey(args[0]);
        CommandLine commands = commands(streams, alone ? List.of(args[0]) : COMMANDS.keySet())
                .setUsageHelpAutoWidth(help && streams.outIsTerminal())
                .setParameterExceptionHandler((e, arguments) -> wrongUsage(streams, e))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> failure(streams, e, command.getCommandSpec(), stacktrace));
        try {
            return commands.execute(args);
        } catch (OutOfMemoryError e) {
            Console.tell(
                    streams,
                    "touchstone: the " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB that Java may use are not"
                            + " enough; allow more, such as TOUCHSTONE_JAVA_OPTS=-Xmx8g");
            return 1;
        }
    }

    /** All there is to parse, and what to run. */
    static CommandLine commands(Streams streams) {
        return commands(streams, COMMANDS.keySet());
    }

    private static CommandLine commands(Streams streams, Collection<String> names) {
        CommandLine commands = new CommandLine(new Main(streams));
        names.forEach(name -> commands.addSubcommand(COMMANDS.get(name).apply(streams)));
        commands.getSubcommands().values().forEach(Main::describeDefaults);
        return commands.registerConverter(Path.class, Main::file)
                .setOut(Console.writer(streams.out()))
                .setErr(Console.writer(streams.err()))
                .setColorScheme(Help.defaultColorScheme(streams.ansi()))
                .setCaseInsensitiveEnumValuesAllowed(true)
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

    /** What an option names must have a name: the root of all folders has none, nor has nothing. */
    private static Path file(String argument) {
        Path file = Path.of(argument);
        if (file.getFileName() == null || argument.isEmpty()) {
            throw new TypeConversionException("'" + argument + "' is not the name of a file");
        }
        return file;
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing, such as generate");
    }

    private static int wrongUsage(Streams streams, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        List<String> suggestions =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String guess = suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?";
        Console.tell(
                streams,
                command + ": " + TouchstoneException.oneLine(e.getMessage()) + guess + " (see " + command + " --help)");
        return 2;
    }

    private static int failure(Streams streams, Exception e, CommandSpec command, boolean stacktrace) {
        if (e instanceof ClosedOutput closed && closed.isBrokenPipe()) {
            return 0;
        }
        String message =
                e instanceof TouchstoneException expected ? Advice.onCommandLine(expected, command) : e.getMessage();
        boolean expected = e instanceof TouchstoneException || e instanceof ClosedOutput;
        Console.tell(streams, "touchstone: " + TouchstoneException.oneLine(expected ? message : "this is a bug: " + e));
        if (stacktrace) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            Console.tell(streams, trace.toString());
        } else if (!expected) {
            Console.tell(streams, "touchstone: add --stacktrace to see where it happened");
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
