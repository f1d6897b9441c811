package dev.touchstone.server.api;

import dev.touchstone.Sampling;
import dev.touchstone.generation.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for texts, of either kind.
 *
 * @param prompts each is continued {@code n} times
 * @param sampling how tokens are chosen, without the seed
 * @param limited whether the request limits the number of new tokens
 * @param seed null if tokens are not sampled; else that of the first text of each prompt; the others have the numbers that follow
 * @param n texts for each prompt
 * @param output what the answer contains besides the texts
 * @param user the client, for fairness among clients; null if the request does not name it
 * @param chat whether the answer is a message
 */
public record Job(
        List<Prompt> prompts,
        Sampling sampling,
        boolean limited,
        Long seed,
        int n,
        Output output,
        String user,
        boolean chat) {
    /** @param text null if the request has ids */
    public record Prompt(String text, int[] ids) {}

    /**
     * @param topLogprobs how many alternatives are listed with each token; -1 for no probabilities at all
     * @param echo whether the text begins with the prompt
     * @param stream whether the text is sent in chunks as it is made
     * @param includeUsage whether a stream ends with the numbers of tokens
     * @param tools how the model writes calls of functions; null if it is offered none
     */
    public record Output(int topLogprobs, boolean echo, boolean stream, boolean includeUsage, ToolFormat tools) {
        public boolean hasLogprobs() {
            return topLogprobs >= 0;
        }
    }

    /**
     * One text to make.
     *
     * @param prompt the index of its prompt
     * @param seed null if tokens are not sampled
     * @param settings includes the seed
     */
    public record Run(int prompt, int[] ids, Long seed, Settings settings) {}

    /**
     * The texts to make, those of the first prompt first.
     *
     * @throws ApiException if a prompt and its new tokens do not fit into the context
     */
    public List<Run> runs(Context context) {
        List<Run> runs = new ArrayList<>();
        for (int p = 0; p < prompts.size(); p++) {
            Sampling fitting = fitting(context, prompts.get(p).ids());
            for (int i = 0; i < n; i++) {
                Long own = seed == null ? null : Long.valueOf(seed + i);
                Settings settings =
                        context.model().settings(prompts.get(p).ids(), own == null ? fitting : fitting.seed(own));
                runs.add(new Run(p, prompts.get(p).ids(), own, settings));
            }
        }
        return runs;
    }

    /** The settings for a prompt. A limit that comes from the model's defaults ends where the context does. */
    private Sampling fitting(Context context, int[] ids) {
        int requested = context.model().settings(ids, sampling).maxNewTokens();
        int room =
                context.positions() - ids.length + 1; // the last new token is never fed back, so it needs no position
        if (requested <= room) {
            return sampling;
        }
        if (limited) {
            throw ApiException.contextLength(
                    chat ? "messages" : "prompt",
                    "the prompt has " + ids.length + " tokens and " + requested
                            + " new tokens were requested, but the model has " + context.positions()
                            + " positions; request at most " + room);
        }
        return sampling.maxNewTokens(room);
    }
}
