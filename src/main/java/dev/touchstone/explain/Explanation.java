package dev.touchstone.explain;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.touchstone.explain.diagram.Overview;
import dev.touchstone.generation.Generation;
import dev.touchstone.model.Transformer.Shape;
import java.util.List;
import java.util.Map;

/**
 * What one run of a model computed, from text to text.
 *
 * @param vocabulary the tokens that appear anywhere in the explanation, by id
 */
public record Explanation(
        @JsonUnwrapped Input input,
        @JsonUnwrapped PromptPass pass,
        @JsonUnwrapped Run run,
        Map<Integer, Piece> vocabulary) {
    /**
     * What went in.
     *
     * @param prompt the text; null if token ids were given
     * @param ids the tokens that the model read
     * @param dropped the number of tokens before these that were dropped, because the prompt is longer than the context
     */
    public record Input(String model, Shape shape, String prompt, int[] ids, int dropped) {}

    /**
     * What the forward pass over the prompt computed.
     *
     * @param overview the parts of the model, with their shapes in this pass
     * @param embedding the steps from token ids to the input of the first block
     * @param next the most likely tokens after the prompt
     */
    public record PromptPass(
            Overview overview,
            List<Vectors> embedding,
            PositionEncoding positions,
            List<Layer> layers,
            List<Candidate> next,
            Lens lens) {}

    /**
     * The generation, and what it took.
     *
     * @param settings the logits processors, in order, and how a token is chosen
     * @param cachePage the number of tokens for which the cache allocates memory at a time
     */
    public record Run(
            List<String> settings,
            Generation generation,
            List<TracedStep> steps,
            Speculation speculation,
            int cachePage,
            Times times,
            List<Stage> stages) {}

    public Shape shape() {
        return input.shape;
    }

    public String prompt() {
        return input.prompt;
    }

    public int[] ids() {
        return input.ids;
    }

    public int dropped() {
        return input.dropped;
    }

    public Overview overview() {
        return pass.overview;
    }

    public List<Vectors> embedding() {
        return pass.embedding;
    }

    public PositionEncoding positions() {
        return pass.positions;
    }

    public List<Layer> layers() {
        return pass.layers;
    }

    public List<Candidate> next() {
        return pass.next;
    }

    public Lens lens() {
        return pass.lens;
    }

    public List<String> settings() {
        return run.settings;
    }

    public Generation generation() {
        return run.generation;
    }

    public List<TracedStep> steps() {
        return run.steps;
    }

    public Speculation speculation() {
        return run.speculation;
    }

    public int cachePage() {
        return run.cachePage;
    }

    public Times times() {
        return run.times;
    }

    public List<Stage> stages() {
        return run.stages;
    }
}
