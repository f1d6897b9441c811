package dev.touchstone.cli;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Token ids as one argument: {@code 464,3290}, {@code "464 3290"} or {@code [464, 3290]}. */
record TokenIds(int[] ids) {
    static final class Converter implements ITypeConverter<TokenIds> {
        @Override
        public TokenIds convert(String argument) {
            String list = argument.strip().replaceFirst("^\\[(.*)]$", "$1").strip();
            try {
                return new TokenIds(
                        list.isEmpty()
                                ? new int[0]
                                : Arrays.stream(list.split("\\s*,\\s*|\\s+"))
                                        .mapToInt(Integer::parseInt)
                                        .toArray());
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'" + argument + "' is not a list of token ids, which are whole numbers, such as 464,3290");
            }
        }
    }
}
