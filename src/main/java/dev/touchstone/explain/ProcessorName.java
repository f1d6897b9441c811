package dev.touchstone.explain;

import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.model.LayerComponents;
import java.util.Locale;
import java.util.stream.Collectors;

/** A processor as the command line spells it, such as {@code top-k 50}. */
final class ProcessorName {
    private ProcessorName() {}

    static String of(LogitsProcessor processor) {
        String name = processor
                .getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
        return processor instanceof Record record
                ? LayerComponents.of(record).values().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", name + " ", ""))
                : name;
    }
}
