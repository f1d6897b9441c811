package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.model.Transformer.Shape;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "summary",
        description = "List the layers of a model, with their shapes and numbers of parameters.",
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
        LoadedModel loaded = model.read(console);
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
        console.print(row("layer", "kind", "shapes", "parameters"));
        ModelSummary summary = ModelSummary.of(loaded.transformer());
        for (ModelSummary.Row row : summary.rows()) {
            console.print(row(row.name(), row.kind(), String.join(" ", row.shapes()), count(row.parameters())));
        }
        console.print(row("total", "", "", count(summary.parameters())));
        return 0;
    }

    private static String row(String name, String kind, String shapes, String parameters) {
        return String.format("%-22s %-12s %-22s %14s%n", name, kind, shapes, parameters);
    }

    private static String count(long parameters) {
        return String.format(Locale.ROOT, "%,d", parameters);
    }
}
