package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * A program for {@code spark-submit}. It exits with 2 if its command line is wrong, and with 1 after another error.
 *
 * @param name the name of the application
 * @param usage the description of the options, which is printed if they are wrong
 */
record Program(String name, String usage) {
    /**
     * Runs the program.
     *
     * @param options reads the command line
     * @param work returns the line to print
     */
    void run(Supplier<Options> options, BiFunction<SparkSession, Options, String> work) {
        Options given;
        try {
            given = options.get();
        } catch (TouchstoneException e) {
            System.err.println("touchstone: " + e.getMessage() + "\n" + usage);
            System.exit(2);
            return;
        }
        SparkSession spark = SparkSession.builder().appName(name).getOrCreate();
        try {
            System.out.println(work.apply(spark, given));
        } catch (TouchstoneException e) {
            System.err.println("touchstone: " + e.getMessage());
            System.exit(1);
        } finally {
            spark.stop();
        }
    }
}
