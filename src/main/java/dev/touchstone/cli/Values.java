package dev.touchstone.cli;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the values of options are read, with messages in plain words where they cannot be. */
final class Values {
    private Values() {}

    static CommandLine register(CommandLine parser) {
        return parser.registerConverter(Path.class, Values::file)
                .registerConverter(Integer.class, number(Integer::valueOf, "a whole number"))
                .registerConverter(Long.class, number(Long::valueOf, "a whole number"))
                .registerConverter(Double.class, number(Double::valueOf, "a number"))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAllowOptionsAsOptionParameters(true); // in --prompt=-m the value is -m
    }

    private static <T> ITypeConverter<T> number(Function<String, T> parse, String kind) {
        return argument -> {
            try {
                return parse.apply(argument);
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'" + argument + "' is " + (isWhole(argument) ? "too large" : "not " + kind));
            }
        };
    }

    private static boolean isWhole(String argument) {
        try {
            new BigInteger(argument);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** A file. The root folder and an empty argument have no file name. */
    static Path file(String argument) {
        try {
            Path file = Path.of(argument);
            if (file.getFileName() != null && !argument.isEmpty()) {
                return file;
            }
        } catch (InvalidPathException e) {
            // It has a character that file names cannot have.
        }
        throw new TypeConversionException("'" + argument + "' is not the name of a file");
    }
}
