package dev.touchstone.explain;

import dev.touchstone.generation.Generation;
import dev.touchstone.model.Transformer.Shape;
import java.util.List;
import java.util.Map;

/**
 * What one run of a model computed, from text to text.
 *
 * @param prompt the text; null where ids were given
 * @param ids what the model was shown of it
 * @param dropped how many tokens before these it was not shown, because its context is shorter
 * @param vocabulary every token that is mentioned, by id
 * @param embedding what tokens become, step by step, before the first block
 * @param next the likeliest tokens after the prompt
 * @param settings what is applied to the scores, in order, and how a token is picked
 * @param cachePage how many tokens the cache makes room for at a time
 */
public record Explanation(
        String model,
        Shape shape,
        String prompt,
        int[] ids,
        int dropped,
        Map<Integer, Piece> vocabulary,
        List<Vectors> embedding,
        PositionEncoding positions,
        List<Layer> layers,
        List<Candidate> next,
        Lens lens,
        List<String> settings,
        Generation generation,
        List<Turn> turns,
        Speculation speculation,
        int cachePage,
        Times times,
        List<Stage> stages) {}
