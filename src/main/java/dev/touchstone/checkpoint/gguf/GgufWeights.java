package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.gguf.GgufWeight.Change;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the weights of a Hugging Face model from the tensors of a GGUF file.
 *
 * @param queries the number of channels of all queries
 * @param keyValues the number of channels of all keys, which is that of all values
 */
record GgufWeights(GgufArchitecture architecture, int headSize, int queries, int keyValues) {
    /** Factors of rotary frequencies, which are part of {@code config.json}. */
    static final String ROPE_FACTORS = "rope_freqs.weight";

    /** @param config {@code config.json} */
    static GgufWeights of(GgufArchitecture architecture, ObjectNode config) {
        int heads = number(config, "num_attention_heads", "n_head");
        int headSize = config.path("head_dim").asInt(number(config, "hidden_size", "n_embd") / Math.max(1, heads));
        int groups = config.path("num_key_value_heads").asInt(heads);
        return new GgufWeights(architecture, headSize, heads * headSize, groups * headSize);
    }

    private static int number(ObjectNode config, String name, String otherName) {
        return config.path(name).asInt(config.path(otherName).intValue());
    }

    List<GgufWeight> of(List<GgufTensor> tensors) {
        List<GgufWeight> weights = new ArrayList<>();
        for (GgufTensor tensor : tensors) {
            if (!tensor.name().equals(ROPE_FACTORS) || !architecture.mayHaveRotaryFactors()) {
                weights.addAll(of(tensor));
            }
        }
        return weights;
    }

    private List<GgufWeight> of(GgufTensor tensor) {
        GgufNames names = architecture.names();
        boolean fused = tensor.name().matches("blk\\.\\d+\\.attn_qkv\\.(weight|bias)");
        if (fused && !names.has("attn_qkv")) {
            return split(tensor);
        }
        String name = names.hugging(tensor.name());
        if (name == null) {
            throw new TouchstoneException(tensor.file() + " holds " + Problems.printable(tensor.name())
                    + ", which the architecture " + architecture.id() + " does not have here");
        }
        int rows = tensor.shape()[0];
        if (fused && architecture.interleavesHeads()) {
            checkRows(tensor, 3 * queries);
            return List.of(new GgufWeight(name, tensor, RowOrder.interleaved(rows, headSize), Change.NONE));
        }
        if (tensor.name().matches("blk\\.\\d+\\.attn_[qk]\\.(weight|bias)") && architecture.permutesRotaryRows()) {
            checkRows(tensor, tensor.name().contains("attn_q") ? queries : keyValues);
            return List.of(new GgufWeight(name, tensor, pairs(RowOrder.from(0, rows)), Change.NONE));
        }
        return List.of(new GgufWeight(name, tensor, null, change(tensor)));
    }

    private Change change(GgufTensor tensor) {
        if (architecture.addsOneToNorms() && tensor.name().matches(".*_norm\\.weight")) {
            return Change.ONE_ADDED;
        }
        boolean inBlock = tensor.name().startsWith("blk.");
        return architecture.transposesMatrices() && inBlock && tensor.shape().length == 2
                ? Change.TRANSPOSED
                : Change.NONE;
    }

    /** Queries, keys and values of one tensor, which the model has in three. */
    private List<GgufWeight> split(GgufTensor tensor) {
        checkRows(tensor, queries + 2 * keyValues);
        RowOrder q = RowOrder.from(0, queries);
        RowOrder k = RowOrder.from(queries, keyValues);
        RowOrder v = RowOrder.from(queries + keyValues, keyValues);
        return List.of(
                part(tensor, "attn_q", architecture.permutesRotaryRows() ? pairs(q) : q),
                part(tensor, "attn_k", architecture.permutesRotaryRows() ? pairs(k) : k),
                part(tensor, "attn_v", v));
    }

    private GgufWeight part(GgufTensor tensor, String layer, RowOrder rows) {
        String name = architecture.names().hugging(tensor.name().replace("attn_qkv", layer));
        return new GgufWeight(name, tensor, rows, Change.NONE);
    }

    private RowOrder pairs(RowOrder rows) {
        return rows.withRotaryPairs(headSize);
    }

    private void checkRows(GgufTensor tensor, int expected) {
        if (tensor.shape()[0] != expected) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " has shape "
                    + Arrays.toString(tensor.shape()) + ", expected " + expected
                    + " rows by the number and the size of the heads");
        }
    }
}
