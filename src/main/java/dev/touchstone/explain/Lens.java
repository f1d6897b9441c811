package dev.touchstone.explain;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapSum;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The logit lens: final norm and head applied to the residual stream before the first block and after each block. After the
 * last block it gives the logits of the model.
 *
 * @param points taps of the residual stream, in order; the first may be a sum of taps
 * @param firstToken the index of the first prompt token that is included; all later ones are included too
 * @param predictions the most likely next tokens, for each point and each of these tokens
 */
public record Lens(List<String> points, int firstToken, List<List<List<Candidate>>> predictions) {
    private static final int MAX_TOKENS = 24;
    private static final int SHOWN = 5;

    static Lens of(Transformer model, Kernels kernels, RunTrace trace, MentionedTokens vocabulary) {
        List<Tensor> streams = trace.streams(kernels);
        int tokens = streams.get(0).rows();
        int firstToken = Math.max(0, tokens - MAX_TOKENS);
        List<List<List<Candidate>>> predictions = new ArrayList<>();
        for (Tensor stream : streams) {
            Tensor logits = model.lens(stream.rows(firstToken, tokens), kernels);
            List<List<Candidate>> atPoint = new ArrayList<>();
            for (int row = 0; row < logits.rows(); row++) {
                atPoint.add(vocabulary.mostLikely(logits.rows(row, row + 1).data(), SHOWN));
            }
            predictions.add(atPoint);
        }
        return new Lens(trace.map().streams().stream().map(TapSum::toString).toList(), firstToken, predictions);
    }
}
