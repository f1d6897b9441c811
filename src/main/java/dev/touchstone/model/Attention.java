package dev.touchstone.model;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Projections.QueryKeyValue;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Causal self-attention: {@code softmax(q kᵀ scale) v} per head, then a projection. Each token asks with its query, and
 * takes the values of the tokens up to itself in proportion to how well their keys answer. Queries may have more heads than
 * keys and values: then neighbours among them share (Ainslie et al., 2023).
 *
 * @param layer its place among the layers, which is where the cache keeps its keys and values
 * @param scoring how scores are made of products, and what a query sees
 * @param output the projection of the heads side by side; null where there is none
 */
public record Attention(String name, int layer, Projections projections, Scoring scoring, Linear output) {
    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = projections.forward(x, pass);
        Tensor q = pass.trace().of(name + ".q", pass.turn().of(qkv.q()));
        Tensor k = pass.trace().of(name + ".k", pass.turn().of(qkv.k()));
        Tensor v = pass.trace().of(name + ".v", qkv.v());
        Tensor context = pass.trace().of(name + ".context", attend(q, k, v, pass));
        return pass.trace().of(name, output == null ? context : output.forward(context, pass));
    }

    /** Each sequence of the batch by itself. (T, H D), (T, G D), (T, G D) -> (T, H D) */
    private Tensor attend(Tensor q, Tensor k, Tensor v, ForwardPass pass) {
        List<Tensor> contexts = new ArrayList<>();
        int row = 0;
        for (Batch.Part part : pass.batch().parts()) {
            int end = row + part.ids().length;
            KeyValuePages cache = part.cache().layer(layer);
            pass.kernels().append(k, v, row, end, cache);
            contexts.add(attend(q.rows(row, end), cache, pass));
            cache.evict();
            row = end;
        }
        return Tensor.concatenate(contexts);
    }

    /** One sequence. What happens on the way is made to be seen, and left out if nobody sees. (T, C), cache (S) -> (T, C) */
    private Tensor attend(Tensor q, KeyValuePages cache, ForwardPass pass) {
        if (pass.trace() == Trace.OFF) {
            return pass.kernels().attend(q, cache, scoring);
        }
        Tensor scores = pass.trace().of(name + ".scores", pass.kernels().scores(q, cache, scoring));
        Tensor probs = pass.trace().of(name + ".probs", pass.kernels().softmax(scores));
        return pass.kernels().weightedSum(probs, cache, scoring);
    }
}
