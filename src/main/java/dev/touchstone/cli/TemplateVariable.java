package dev.touchstone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A variable of a chat template as one argument: {@code enable_thinking=false}.
 *
 * @param value a string, number, boolean, null, list or map
 */
record TemplateVariable(String name, Object value) {
    static final class Converter implements ITypeConverter<TemplateVariable> {
        @Override
        public TemplateVariable convert(String argument) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new TypeConversionException(
                        "'" + argument + "' has no name and value, expected such as enable_thinking=false");
            }
            return new TemplateVariable(argument.substring(0, equals), value(argument, argument.substring(equals + 1)));
        }

        private static Object value(String argument, String text) {
            try {
                JsonNode json = Json.value("the value", text);
                if (!json.isMissingNode()) {
                    return Json.plain(json);
                }
            } catch (TouchstoneException e) {
                // The message below says more.
            }
            throw new TypeConversionException("'" + argument
                    + "' has no JSON value, expected such as enable_thinking=false, or name=\"text\" with the quotes");
        }
    }
}
