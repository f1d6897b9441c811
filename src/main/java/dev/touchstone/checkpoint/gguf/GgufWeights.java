package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.gguf.GgufWeight.Change;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes the weights of a Hugging Face model from the tensors of a GGUF file.
 *
 * @param heads the number of heads of queries
 * @param groups the number of heads of keys, which is that of values
 */
record GgufWeights(GgufArchitecture architecture, int headSize, int heads, int groups) {
    /** Factors of rotary frequencies, which are part of {@code config.json}. */
    static final String ROPE_FACTORS = "rope_freqs.weight";

    /** @param config {@code config.json} */
    static GgufWeights of(GgufArchitecture architecture, ObjectNode config) {
        int heads = number(config, 1, "num_attention_heads", "n_head", "n_heads");
        int headSize = number(config, number(config, 0, "hidden_size", "n_embd", "d_model") / heads, "head_dim");
        int groups = number(config, heads, "num_key_value_heads", "num_kv_heads");
        return new GgufWeights(architecture, headSize, heads, groups);
    }

    private static int number(ObjectNode config, int fallback, String... names) {
        return Arrays.stream(names)
                .filter(config::has)
                .findFirst()
                .map(name -> config.get(name).intValue())
                .orElse(fallback);
    }

    private int queries() {
        return heads * headSize;
    }

    private int keyValues() {
        return groups * headSize;
    }

    /** @param tensors of the file, by name */
    List<StoredTensor> of(Map<String, GgufTensor> tensors) {
        List<StoredTensor> weights = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            boolean joined = JoinedExperts.joins(architecture)
                    && JoinedExperts.NAME.matcher(name).matches();
            if (joined) {
                JoinedExperts.of(architecture, name, tensors).ifPresent(weights::add);
            } else if (architecture.hasLatents()
                    && LatentWeight.NAME.matcher(name).matches()) {
                latent(tensor, tensors).ifPresent(weights::add);
            } else if (!isPartOfConfig(name)) {
                weights.addAll(of(tensor));
            }
        });
        return weights;
    }

    /** The projection of keys and values of which a tensor of the file is the first part; empty if it is the second one. */
    private Optional<LatentWeight> latent(GgufTensor tensor, Map<String, GgufTensor> tensors) {
        boolean first = tensor.name().contains("attn_k_b");
        String other = tensor.name().replace(first ? "attn_k_b" : "attn_v_b", first ? "attn_v_b" : "attn_k_b");
        if (!tensors.containsKey(other)) {
            throw new TouchstoneException(tensor.file() + " holds " + tensor.name() + ", expected " + other + " too");
        }
        String name = architecture.names().hugging(tensor.name().replaceAll("attn_[kv]_b", "attn_kv_b"));
        return first ? Optional.of(new LatentWeight(name, tensor, tensors.get(other))) : Optional.empty();
    }

    private boolean isPartOfConfig(String tensor) {
        return switch (tensor) {
            case ROPE_FACTORS -> architecture.mayHaveRotaryFactors();
            case RotaryMetadata.LONG_FACTORS, RotaryMetadata.SHORT_FACTORS -> architecture == GgufArchitecture.PHI3;
            default -> false;
        };
    }

    private List<GgufWeight> of(GgufTensor tensor) {
        GgufNames names = architecture.names();
        boolean fused = tensor.name().matches("blk\\.\\d+\\.attn_qkv\\.(weight|bias)");
        if (fused && !names.has("attn_qkv")) {
            return split(tensor);
        }
        String stacked = names.huggingOfStacked(tensor.name());
        if (stacked != null) {
            return unstack(tensor, List.of(stacked));
        }
        if (tensor.name().contains(".ffn_gate_up_exps.")) {
            List<String> gateAndUp = Stream.of("ffn_gate_exps", "ffn_up_exps")
                    .map(layer -> names.huggingOfStacked(tensor.name().replace("ffn_gate_up_exps", layer)))
                    .toList();
            if (!gateAndUp.contains(null)) {
                return unstack(tensor, gateAndUp);
            }
        }
        String name = names.hugging(tensor.name());
        if (name == null) {
            throw new TouchstoneException(tensor.file() + " holds " + Problems.printable(tensor.name())
                    + ", which the architecture " + architecture.id() + " does not have here");
        }
        if (fused && architecture.interleavesHeads()) {
            checkRows(tensor, queries() + 2 * keyValues());
            return List.of(GgufWeight.ordered(name, tensor, RowOrder.interleaved(groups, heads / groups, headSize)));
        }
        if (tensor.name().matches("blk\\.\\d+\\.attn_[qk]\\.(weight|bias)") && architecture.permutesRotaryRows()) {
            int rows = tensor.name().contains("attn_q") ? queries() : keyValues();
            checkRows(tensor, rows);
            return List.of(GgufWeight.ordered(name, tensor, pairs(RowOrder.from(0, rows))));
        }
        if (tensor.name().endsWith(".ffn_gate_inp_shexp.weight") && tensor.shape().length == 1) {
            return List.of(GgufWeight.of(name, tensor).reshaped(1, tensor.shape()[0]));
        }
        return List.of(GgufWeight.of(name, tensor).changed(change(tensor)));
    }

    private Change change(GgufTensor tensor) {
        if (architecture.isGemma() && tensor.name().matches(".*_norm\\.weight")) {
            return Change.ONE_ADDED;
        }
        boolean inBlock = tensor.name().startsWith("blk.");
        return architecture.transposesMatrices() && inBlock && tensor.shape().length == 2
                ? Change.TRANSPOSED
                : Change.NONE;
    }

    /**
     * Tensors of several layers in one. (N, ...) -> N x (...)
     *
     * @param names of a layer, with its index as %d: one, or several whose rows come one after another
     */
    private static List<GgufWeight> unstack(GgufTensor tensor, List<String> names) {
        int[] shape = tensor.shape();
        if (shape.length == 1 || names.size() > 1 && (shape.length == 2 || shape[1] % names.size() != 0)) {
            throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " has shape " + Arrays.toString(shape)
                    + (shape.length < 3 ? ", expected more axes" : ", expected an even number of rows"));
        }
        int[] one = Arrays.copyOfRange(shape, 1, shape.length);
        one[0] /= names.size();
        int rows = one.length == 1 ? 1 : one[0];
        List<GgufWeight> weights = new ArrayList<>();
        for (int i = 0; i < shape[0] * names.size(); i++) {
            String name = names.get(i % names.size()).formatted(i / names.size());
            RowOrder order = RowOrder.from((long) i * rows, rows);
            weights.add(GgufWeight.ordered(name, tensor, order).reshaped(one));
        }
        return weights;
    }

    /** Queries, keys and values of one tensor, which the model has in three. */
    private List<GgufWeight> split(GgufTensor tensor) {
        checkRows(tensor, queries() + 2 * keyValues());
        RowOrder q = RowOrder.from(0, queries());
        RowOrder k = RowOrder.from(queries(), keyValues());
        RowOrder v = RowOrder.from(queries() + keyValues(), keyValues());
        return List.of(
                part(tensor, "attn_q", architecture.permutesRotaryRows() ? pairs(q) : q),
                part(tensor, "attn_k", architecture.permutesRotaryRows() ? pairs(k) : k),
                part(tensor, "attn_v", v));
    }

    private GgufWeight part(GgufTensor tensor, String layer, RowOrder rows) {
        String name = architecture.names().hugging(tensor.name().replace("attn_qkv", layer));
        return GgufWeight.ordered(name, tensor, rows);
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
