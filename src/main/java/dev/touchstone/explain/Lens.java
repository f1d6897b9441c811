package dev.touchstone.explain;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Block;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The logit lens: what would be said next if the residual stream went to the head after the embedding, after the first
 * block, and so on. After the last block that is what the model says.
 *
 * @param points taps of the residual stream, in order
 * @param first the first token of the prompt that is looked at; all after it are
 * @param says for each point and each of these tokens the likeliest next ones
 */
public record Lens(List<String> points, int first, List<List<List<Candidate>>> says) {
    private static final int MOST_TOKENS = 24;
    private static final int SHOWN = 5;

    static List<String> points(Transformer model) {
        List<String> points = new ArrayList<>();
        points.add(Entering.name(model.stem()));
        model.blocks().stream().map(Block::name).forEach(points::add);
        return points;
    }

    /** The residual stream at each of these points. (T, C) each */
    static List<Tensor> streams(Transformer model, Kernels kernels, Map<String, Tensor> taps) {
        List<Tensor> streams = new ArrayList<>();
        streams.add(Entering.stream(model.stem(), kernels, taps));
        model.blocks().forEach(block -> streams.add(taps.get(block.name())));
        return streams;
    }

    static Lens of(Transformer model, Kernels kernels, Map<String, Tensor> taps, Vocabulary vocabulary) {
        List<Tensor> streams = streams(model, kernels, taps);
        int tokens = streams.get(0).rows();
        int first = Math.max(0, tokens - MOST_TOKENS);
        List<List<List<Candidate>>> says = new ArrayList<>();
        for (Tensor stream : streams) {
            Tensor logits = model.lens(stream.rows(first, tokens), kernels);
            List<List<Candidate>> ofPoint = new ArrayList<>();
            for (int row = 0; row < logits.rows(); row++) {
                ofPoint.add(vocabulary.likeliest(logits.rows(row, row + 1).data(), SHOWN));
            }
            says.add(ofPoint);
        }
        return new Lens(points(model), first, says);
    }
}
