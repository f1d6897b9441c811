package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A program for {@code spark-submit}. It exits with 2 if its command line is wrong, and with 1 after another error. */
abstract class Program implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "print this text")
    private boolean help;

    /** Runs the program and returns the line to print. */
    abstract String run(SparkSession spark);

    /** Throws a {@link ParameterException} if the options contradict one another. */
    abstract void check();

    /** The program with these arguments, which must be right. */
    static <P extends Program> P parse(P program, String... arguments) {
        commandLine(program).parseArgs(arguments);
        return program;
    }

    /** An error of the command line. */
    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Runs the program with a session of its own. */
    @Override
    public Integer call() {
        check();
        SparkSession spark =
                SparkSession.builder().appName("touchstone " + spec.name()).getOrCreate();
        try {
            System.out.println(run(spark));
        } finally {
            spark.stop();
        }
        return 0;
    }

    /** The {@code main} of a program. */
    static void main(Program program, String... arguments) {
        int status = commandLine(program).execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine(Program program) {
        return new CommandLine(program)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> {
                    CommandLine line = e.getCommandLine();
                    line.getErr().println("touchstone: " + e.getMessage());
                    line.usage(line.getErr());
                    return 2;
                })
                .setExecutionExceptionHandler((e, line, arguments) -> {
                    if (!(e instanceof TouchstoneException)) {
                        throw e;
                    }
                    line.getErr().println("touchstone: " + e.getMessage());
                    return 1;
                });
    }
}
