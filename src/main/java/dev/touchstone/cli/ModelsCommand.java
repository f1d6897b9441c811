package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.util.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "models",
        description = "List the models in the local Hugging Face cache and in folders, and whether they run.",
        footer = {
            "",
            "The first column is what --model takes. A model runs if its files can be loaded with the memory that"
                    + " Java has; weights are not read.",
            "",
            "Examples:",
            "  touchstone models",
            "  touchstone models fixtures/tiny-gpt2 --json"
        })
final class ModelsCommand implements Callable<Integer> {
    private static final int LONGEST_PROBLEM = 80;

    @Parameters(
            arity = "0..*",
            paramLabel = "FOLDER",
            description = "A folder of a model, a GGUF file, or a folder of such, to list after the cache.")
    private List<Path> folders = List.of();

    @Option(
            names = "--json",
            description = "Print one JSON object: cache, a folder, and models, each with id, family, parameters, bytes,"
                    + " dtype, runs and problem.")
    private boolean json;

    @Mixin
    private final Console console;

    ModelsCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        HubCache cache = HubCache.ofThisUser();
        List<ModelEntry> models = new ModelList(cache, folders).entries();
        if (json) {
            console.print(json(cache, models) + System.lineSeparator());
        } else {
            table(models).forEach(line -> console.print(line + System.lineSeparator()));
        }
        if (cache.models().isEmpty()) {
            console.note("no model in " + cache.folder() + "; to get one: hf download openai-community/gpt2");
        }
        return 0;
    }

    private static ObjectNode json(HubCache cache, List<ModelEntry> models) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("cache", cache.folder().toString());
        ArrayNode list = json.putArray("models");
        for (ModelEntry model : models) {
            ObjectNode entry = list.addObject().put("id", model.id());
            entry.put("family", model.family().orElse(null));
            model.parameters()
                    .ifPresentOrElse(count -> entry.put("parameters", count), () -> entry.putNull("parameters"));
            entry.put("bytes", model.bytes());
            entry.put("dtype", model.dtype().orElse(null));
            entry.put("runs", model.runs());
            entry.put("problem", model.problem().orElse(null));
        }
        return json;
    }

    /** Nothing if there are no models. */
    private static List<String> table(List<ModelEntry> models) {
        int id = models.stream()
                .mapToInt(model -> Problems.printable(model.id()).length())
                .max()
                .orElse(0);
        int family =
                models.stream().mapToInt(model -> family(model).length()).max().orElse(0);
        String format = "%-" + Math.max(id, 5) + "s  %-" + Math.max(family, 6) + "s  %14s  %8s  %-8s  %s";
        return models.isEmpty()
                ? List.of()
                : Stream.concat(
                                Stream.of(String.format(
                                        format, "model", "family", "parameters", "size", "dtype", "runs")),
                                models.stream().map(model -> row(format, model)))
                        .toList();
    }

    private static String row(String format, ModelEntry model) {
        String parameters = model.parameters().isEmpty()
                ? "-"
                : String.format(Locale.ROOT, "%,d", model.parameters().getAsLong());
        return String.format(
                format,
                Problems.printable(model.id()),
                family(model),
                parameters,
                size(model.bytes()),
                model.dtype().orElse("-"),
                model.problem().map(ModelsCommand::shortened).orElse("yes"));
    }

    private static String family(ModelEntry model) {
        return Problems.printable(model.family().orElse("-"));
    }

    /** In decimal units. */
    static String size(long bytes) {
        if (bytes < 1_000_000) {
            return (bytes + 999) / 1000 + " KB";
        }
        return bytes < 1_000_000_000 ? bytes / 1_000_000 + " MB" : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    /** The first clause of a message, or the start of it. */
    private static String shortened(String problem) {
        String clause = "no: " + problem.split("; ", 2)[0];
        return clause.length() <= LONGEST_PROBLEM ? clause : clause.substring(0, LONGEST_PROBLEM - 3) + "...";
    }
}
