package dev.touchstone.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Page;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The comparison as one page that needs no network. */
final class ComparePage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ComparePage() {}

    /** @param agreement whether the ids of a run are those of the first, in words */
    static String of(LanguageModel model, Prompt prompt, List<TimedRun> runs, Function<TimedRun, String> agreement) {
        Tokenizer tokenizer = model.tokenizer();
        ObjectNode data = JSON.createObjectNode()
                .put("model", model.name())
                .put("prompt", prompt.text() == null ? tokenizer.decode(prompt.ids()) : prompt.text())
                .put("prompt_tokens", prompt.ids().length)
                .put("continuation", tokenizer.decode(runs.get(0).ids()));
        for (TimedRun run : runs) {
            data.withArray("runs")
                    .addObject()
                    .put("name", run.name())
                    .put("tokens", run.ids().length)
                    .put("tokens_per_second", run.tokensPerSecond())
                    .put("first", run.mean(0, 0.1))
                    .put("last", run.mean(0.9, 1))
                    .put("speed_up", runs.get(0).seconds() / run.seconds())
                    .put("ids", agreement.apply(run))
                    .set("milliseconds", JSON.valueToTree(run.milliseconds()));
        }
        Map<String, String> parts = Map.of(
                "keywords",
                "",
                "title",
                Page.text("time per token of " + model.name()),
                "description",
                Page.text("compare: " + runs.stream().map(TimedRun::name).collect(Collectors.joining(", "))),
                "table",
                Page.table(
                        List.of("run", "new tokens", "tokens per second", "ids"),
                        runs.stream()
                                .map(run -> List.of(
                                        run.name(),
                                        String.valueOf(run.ids().length),
                                        String.format(Locale.ROOT, "%.1f", run.tokensPerSecond()),
                                        agreement.apply(run)))
                                .toList()));
        return Page.of(ComparePage.class, "compare.html", parts, data.toString());
    }
}
