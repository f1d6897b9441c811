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
 * @param points taps of the residual stream, in order; the first may be a sum
 * @param first the first token of the prompt that is shown; all after it are
 * @param says for each point and each of these tokens the most likely next tokens
 */
public record Lens(List<String> points, int first, List<List<List<Candidate>>> says) {
    private static final int MOST_TOKENS = 24;
    private static final int SHOWN = 5;

    static Lens of(Transformer model, Kernels kernels, RunTrace trace, Vocabulary vocabulary) {
        List<Tensor> streams = trace.streams(kernels);
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
        return new Lens(trace.map().streams().stream().map(TapSum::toString).toList(), first, says);
    }
}
