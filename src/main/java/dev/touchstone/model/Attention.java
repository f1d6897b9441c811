package dev.touchstone.model;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Projections.QueryKeyValue;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Causal self-attention: {@code softmax(q kᵀ scale) v} per head, then an output projection (Vaswani et al., 2017). A token
 * attends to itself and to the tokens before it. There may be fewer key-value heads than query heads; then consecutive
 * query heads share one (grouped-query attention, Ainslie et al., 2023).
 *
 * @param name the module path and tap name of the output, such as {@code h.0.attn}
 * @param layer the index of the layer, which is also the index of its keys and values in {@link KvCache}
 * @param projections from the input to queries, keys and values
 * @param scoring scale, soft cap, window and ALiBi slopes of the scores
 * @param output the output projection, applied to the concatenated heads; null if the model has none
 */
public record Attention(String name, int layer, Projections projections, Scoring scoring, Linear output) {
    /** The tap of the queries, as they are multiplied by the keys. */
    public String qTap() {
        return name + ".q";
    }

    /** The tap of the keys, as they are multiplied by queries. They are cached, or computed from cached latents. */
    public String kTap() {
        return name + ".k";
    }

    /** The tap of the values. They are cached, or computed from cached latents. */
    public String vTap() {
        return name + ".v";
    }

    /** The tap of the scores. */
    public String scoresTap() {
        return name + ".scores";
    }

    /** The tap of the probabilities. */
    public String probsTap() {
        return name + ".probs";
    }

    /** The tap of the weighted sums of values, before the output projection. */
    public String contextTap() {
        return name + ".context";
    }

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass) {
        QueryKeyValue qkv = projections.rotated(x, pass);
        Tensor q = pass.trace().of(qTap(), qkv.q());
        Tensor k = pass.trace().of(kTap(), qkv.k());
        Tensor v = pass.trace().of(vTap(), qkv.v());
        QueryKeyValue traced = new QueryKeyValue(q, k, v, qkv.compressed());
        Tensor context = pass.trace().of(contextTap(), attend(traced, pass));
        return pass.trace().of(name, output == null ? context : output.forward(context, pass));
    }

    /** Appends keys and values to each sequence's cache, and attends within each sequence. -> (T, H E) */
    private Tensor attend(QueryKeyValue qkv, ForwardPass pass) {
        List<Tensor> contexts = new ArrayList<>();
        int row = 0;
        for (Batch.Sequence sequence : pass.batch().sequences()) {
            int end = row + sequence.ids().length;
            KeyValuePages cache = sequence.cache().layer(layer);
            KeyValuePages all = projections.append(qkv, row, end, cache, pass);
            contexts.add(attend(qkv.q().rows(row, end), all, pass));
            cache.evict();
            row = end;
        }
        return Tensor.concatenate(contexts);
    }

    /** One sequence. Scores and probabilities are materialized only if they are traced. (T, H D), cache (S) -> (T, H E) */
    private Tensor attend(Tensor q, KeyValuePages cache, ForwardPass pass) {
        if (pass.trace() == Trace.OFF) {
            return pass.kernels().attend(q, cache, scoring);
        }
        Tensor scores = pass.trace().of(scoresTap(), pass.kernels().scores(q, cache, scoring));
        Tensor probs = pass.trace().of(probsTap(), pass.kernels().softmax(scores, scoring.sinks()));
        return pass.kernels().weightedSum(probs, cache, scoring);
    }
}
