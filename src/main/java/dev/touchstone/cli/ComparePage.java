package dev.touchstone.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.cli.PromptOptions.Prompt;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Page;
import java.util.List;
import java.util.function.Function;

/** The comparison as one page that needs no network. */
final class ComparePage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ComparePage() {}

    /** @param agreement whether the ids of a run are those of the first, in words */
    static String of(LanguageModel model, Prompt prompt, List<Lap> laps, Function<Lap, String> agreement) {
        Tokenizer tokenizer = model.tokenizer();
        ObjectNode data = JSON.createObjectNode()
                .put("model", model.name())
                .put("prompt", prompt.text() == null ? tokenizer.decode(prompt.ids()) : prompt.text())
                .put("prompt_tokens", prompt.ids().length)
                .put("continuation", tokenizer.decode(laps.get(0).ids()));
        for (Lap lap : laps) {
            data.withArray("runs")
                    .addObject()
                    .put("name", lap.name())
                    .put("tokens", lap.ids().length)
                    .put("tokens_per_second", lap.tokensPerSecond())
                    .put("first", lap.mean(0, 0.1))
                    .put("last", lap.mean(0.9, 1))
                    .put("speed_up", laps.get(0).seconds() / lap.seconds())
                    .put("ids", agreement.apply(lap))
                    .set("milliseconds", JSON.valueToTree(lap.milliseconds()));
        }
        return Page.of(ComparePage.class, "compare.html", data.toString());
    }
}
