package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.checkpoint.ModelSource;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.taps.ModelSummary;
import dev.touchstone.weights.StoredType;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "summary",
        description =
                "List the layers of a model, with their shapes and numbers of parameters, the types of its weights in the file,"
                        + " and their size there and in memory.",
        footer = {"", "Example:", "  touchstone summary"})
final class SummaryCommand implements Callable<Integer> {
    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final Console console;

    SummaryCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        LoadedModel loaded;
        List<StoredType> types;
        long memory;
        try (ModelSource source = model.source()) {
            loaded = model.read(source, console);
            types = source.types();
            memory = source.memory(model.type());
        }
        Shape shape = loaded.transformer().shape();
        console.print(String.format(
                "%s: %d layers, %d heads of %d, %d channels, %d positions, %d tokens%n%n",
                loaded.name(),
                shape.layers(),
                shape.heads(),
                shape.headSize(),
                shape.channels(),
                shape.positions(),
                shape.vocabulary()));
        console.print(row("stored as", "tensors", "bits a weight", "weights"));
        types.forEach(type -> console.print(row(type.name(), type)));
        if (types.size() > 1) {
            types.stream().reduce(StoredType::plus).ifPresent(all -> console.print(row("all types", all)));
        }
        long stored = types.stream().mapToLong(StoredType::bytes).sum();
        console.print(String.format(
                "%nweights in the file: %s, in memory: %s%n", ModelsCommand.size(stored), ModelsCommand.size(memory)));
        console.print("\n" + row("layer", "kind", "shapes", "parameters"));
        ModelSummary summary = ModelSummary.of(loaded.transformer());
        for (ModelSummary.Row row : summary.rows()) {
            console.print(row(row.name(), row.kind(), String.join(" ", row.shapes()), count(row.parameters())));
        }
        console.print(row("total", "", "", count(summary.parameters())));
        return 0;
    }

    private static String row(String name, StoredType type) {
        String bits = String.format(Locale.ROOT, "%.2f", type.bits());
        return row(name, "" + type.tensors(), bits, count(type.weights()));
    }

    private static String row(String name, String kind, String shapes, String parameters) {
        return String.format("%-22s %-12s %-22s %14s%n", name, kind, shapes, parameters);
    }

    private static String count(long parameters) {
        return String.format(Locale.ROOT, "%,d", parameters);
    }
}
