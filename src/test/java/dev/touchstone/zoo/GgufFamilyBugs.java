package dev.touchstone.zoo;

import static dev.touchstone.zoo.GgufBugs.model;
import static dev.touchstone.zoo.GgufBugs.rope;
import static dev.touchstone.zoo.GgufBugs.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.zoo.GgufBugs.Mistake;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/** Mistakes of a reader of GGUF files in what only some architectures have: experts, multipliers, kinds of layers, norms of heads. */
final class GgufFamilyBugs {
    static final List<Check<Mistake>> CHECKS = Stream.of(
                    "mixtral",
                    "qwen2moe",
                    "qwen3moe",
                    "gpt-oss",
                    "deepseek2",
                    "deepseek2-groups",
                    "deepseek3",
                    "llama4",
                    "ministral3",
                    "gemma",
                    "gemma3",
                    "phi3",
                    "phi3-longrope",
                    "granite",
                    "granitemoe",
                    "smollm3",
                    "olmo",
                    "olmo3",
                    "command-r",
                    "command-r-norms",
                    "cohere2",
                    "stablelm-parallel",
                    "falcon-groups",
                    "mpt")
            .map(GgufBugs::logits)
            .toList();

    static final List<Bug<Mistake>> ALL = List.of(
            model("queries of Mixtral left in the order of rotary pairs", "mixtral", eights(".q_proj.", true)),
            model("gate and up projections of Mixtral's experts swapped", "mixtral", swapped(".w1.", ".w3.")),
            model("the weights of Qwen2's experts normalized", "qwen2moe", set("norm_topk_prob", "true")),
            model("the shared expert of Qwen2 left out", "qwen2moe", zeroed(".shared_expert.down_proj.")),
            model("the gate of Qwen2's shared expert ignored", "qwen2moe", zeroed(".shared_expert_gate.")),
            model("the weights of Qwen3's experts not normalized", "qwen3moe", set("norm_topk_prob", "false")),
            model("gate and up projections of gpt-oss read as halves", "gpt-oss", GgufFamilyBugs::inHalves),
            model("the square down projections of gpt-oss left transposed", "gpt-oss", GgufFamilyBugs::downTransposed),
            model(
                    "the sinks of gpt-oss ignored",
                    "gpt-oss",
                    model -> model.tensors().forEach((name, tensor) -> {
                        if (name.endsWith(".sinks")) {
                            Arrays.fill(tensor.data(), -1000);
                        }
                    })),
            model(
                    "the limits of YaRN rounded for gpt-oss",
                    "gpt-oss",
                    model -> rope(model).put("truncate", true)),
            model("DeepSeek's projection to keys left transposed", "deepseek2", GgufFamilyBugs::latentKeysTransposed),
            model("keys and values of DeepSeek's heads left by kind", "deepseek2", GgufFamilyBugs::latentByKind),
            model(
                    "rope.scaling.yarn_log_multiplier of DeepSeek ignored",
                    "deepseek2",
                    model -> rope(model).put("mscale", 0).put("mscale_all_dim", 0)),
            model(
                    "rope.scaling.yarn_log_multiplier of DeepSeek read as mscale_all_dim",
                    "deepseek2",
                    model -> rope(model).put("mscale", 0.0707).put("mscale_all_dim", 0.0707)),
            model("the shared experts of DeepSeek left out", "deepseek2", zeroed(".shared_experts.down_proj.")),
            model("expert_weights_scale of DeepSeek-V2 ignored", "deepseek2", set("routed_scaling_factor", "1")),
            model("the groups of DeepSeek-V2's experts ignored", "deepseek2-groups", set("topk_method", "\"greedy\"")),
            model("the correction bias of DeepSeek-V3 ignored", "deepseek3", zeroed(".e_score_correction_bias")),
            model("expert_weights_norm of DeepSeek-V3 ignored", "deepseek3", set("norm_topk_prob", "false")),
            model("expert_weights_scale of DeepSeek-V3 ignored", "deepseek3", set("routed_scaling_factor", "1")),
            model(
                    "the groups of DeepSeek-V3's experts ignored",
                    "deepseek3",
                    model -> model.config().put("n_group", 1).put("topk_group", 1)),
            model("DeepSeek-V3's rotated channels taken as halves", "deepseek3", set("rope_interleave", "false")),
            model("the order of rotary pairs undone in Llama 4", "llama4", eights(".q_proj.", false)),
            model("rotary embeddings in all layers of Llama 4", "llama4", set("no_rope_layer_interval", "100")),
            model("the norms of queries and keys of Llama 4 left out", "llama4", set("use_qk_norm", "false")),
            model("gate and up projections of Llama 4's experts swapped", "llama4", GgufFamilyBugs::columnsSwapped),
            model("the square down projections of Llama 4 left transposed", "llama4", GgufFamilyBugs::downTransposed),
            model("the shared expert of Llama 4 left out", "llama4", zeroed(".shared_expert.down_proj.")),
            model("queries of Ministral 3 left in the order of rotary pairs", "ministral3", eights(".q_proj.", true)),
            model(
                    "the temperature of Ministral 3 ignored",
                    "ministral3",
                    model -> rope(model).put("llama_4_scaling_beta", 0)),
            model(
                    "rope.scaling.yarn_log_multiplier of Ministral 3 ignored",
                    "ministral3",
                    model -> rope(model).put("mscale_all_dim", 0)),
            model("the norms of Gemma left with 1 added", "gemma", GgufFamilyBugs::withOne),
            model("the norms of heads of Gemma 3 left with 1 added", "gemma3", GgufFamilyBugs::headsWithOne),
            model(
                    "the window of Gemma 3 in all layers",
                    "gemma3",
                    set("layer_types", "[\"sliding_attention\", \"sliding_attention\"]")),
            model("one base of rotary embeddings in all layers of Gemma 3", "gemma3", model -> {
                JsonNode theta = rope(model).get("full_attention").get("rope_theta");
                ((ObjectNode) rope(model).get("sliding_attention")).set("rope_theta", theta);
            }),
            model("the window of Phi-3 ignored, as in llama.cpp", "phi3", set("sliding_window", "null")),
            model(
                    "the short factors of LongRoPE in long texts",
                    "phi3-longrope",
                    model -> rope(model).set("long_factor", rope(model).get("short_factor"))),
            model(
                    "the attention factor of LongRoPE ignored",
                    "phi3-longrope",
                    model -> rope(model).put("attention_factor", 1)),
            model("the order of Granite's rotary pairs not undone", "granite", eights(".k_proj.", true)),
            model("the scale of Granite's scores ignored", "granite", set("attention_multiplier", "0.35355")),
            model("the multiplier of Granite's residual stream ignored", "granite", set("residual_multiplier", "1")),
            model("the logits of Granite multiplied instead of divided", "granite", set("logits_scaling", "0.5")),
            model(
                    "gate and up projections of GraniteMoE in the wrong order",
                    "granitemoe",
                    GgufFamilyBugs::halvesSwapped),
            model("rotary embeddings in all layers of SmolLM3", "smollm3", set("no_rope_layer_interval", "100")),
            model("OLMo's queries, keys and values not clamped", "olmo", set("clip_qkv", "null")),
            model(
                    "YaRN in all layers of OLMo 3",
                    "olmo3",
                    model -> rope(model).set("sliding_attention", rope(model).get("full_attention"))),
            model("the order of rotary pairs undone in Command R", "command-r", eights(".q_proj.", false)),
            model(
                    "one norm for all heads of Command R",
                    "command-r-norms",
                    model -> model.tensors().forEach((name, tensor) -> {
                        for (int i = 8; name.endsWith("_norm.weight") && i < tensor.size(); i++) {
                            tensor.data()[i] = tensor.data()[i % 8];
                        }
                    })),
            model("the scale of Command R's logits ignored", "command-r", set("logit_scale", "1")),
            model(
                    "rotary embeddings in all layers of Command R7B",
                    "cohere2",
                    set("layer_types", "[" + "\"sliding_attention\", ".repeat(3) + "\"sliding_attention\"]")),
            model(
                    "one norm for all heads of StableLM",
                    "stablelm-parallel",
                    model -> model.tensors()
                            .replaceAll((name, tensor) -> name.contains("_layernorm.norms.")
                                    ? model.tensors().get(name.replaceAll("norms\\.\\d+", "norms.0"))
                                    : tensor)),
            model("the two norms of Falcon swapped", "falcon-groups", swapped(".ln_attn.", ".ln_mlp.")),
            model("queries, keys and values of Falcon left by kind", "falcon-groups", GgufFamilyBugs::falconByKind),
            model(
                    "MPT's queries, keys and values not clamped",
                    "mpt",
                    model -> ((ObjectNode) model.config().get("attn_config")).putNull("clip_qkv")));

    private GgufFamilyBugs() {}

    /** Sets a field of the configuration. */
    private static Mistake set(String field, String json) {
        return model -> model.config().set(field, Json.value(field, json));
    }

    /** Sets all tensors whose name contains a text to 0. */
    private static Mistake zeroed(String text) {
        return model -> model.tensors().forEach((name, tensor) -> {
            if (name.contains(text)) {
                Arrays.fill(tensor.data(), 0);
            }
        });
    }

    /** Swaps the tensors of two layers in all places. */
    private static Mistake swapped(String one, String other) {
        return model -> {
            Map<String, Tensor> before = Map.copyOf(model.tensors());
            model.tensors()
                    .replaceAll((name, tensor) -> name.contains(one)
                            ? before.get(name.replace(one, other))
                            : before.getOrDefault(name.contains(other) ? name.replace(other, one) : name, tensor));
        };
    }

    private static void withOne(GgufModel model) {
        model.tensors().forEach((name, tensor) -> {
            for (int i = 0; name.contains("norm") && i < tensor.size(); i++) {
                tensor.data()[i]++;
            }
        });
    }

    private static void headsWithOne(GgufModel model) {
        model.tensors().forEach((name, tensor) -> {
            for (int i = 0; name.matches(".*[qk]_norm.*") && i < tensor.size(); i++) {
                tensor.data()[i]++;
            }
        });
    }

    /** Rows of heads with 8 channels, or with 16 in some models, in the order of rotary pairs or in the order that undoes it. */
    private static Mistake eights(String text, boolean pairs) {
        return model -> {
            int size = List.of("mixtral", "llama4", "ministral3").contains(model.name()) ? 16 : 8;
            rows(
                            text,
                            row -> pairs
                                    ? row / size * size + row % 2 * (size / 2) + row % size / 2
                                    : row / size * size + row % (size / 2) * 2 + row % size / (size / 2))
                    .accept(model);
        };
    }

    /**
     * Moves the elements of the tensors whose names end with a text.
     *
     * @param source the index of the element that belongs at an index, from the number of columns and that index
     */
    private static void elements(GgufModel model, String end, IntBinaryOperator source) {
        model.tensors().replaceAll((name, tensor) -> {
            if (!name.endsWith(end)) {
                return tensor;
            }
            Tensor moved = Tensor.zeros(tensor.shape());
            for (int i = 0; i < tensor.size(); i++) {
                moved.data()[i] = tensor.data()[source.applyAsInt(tensor.size(-1), i)];
            }
            return moved;
        });
    }

    /** Columns of gate and up projections in turn, as if they were one after another. (E, C, 2 I) */
    private static void inHalves(GgufModel model) {
        elements(model, ".gate_up_proj", (columns, i) -> {
            int column = i % columns;
            return i - column + column % 2 * (columns / 2) + column / 2;
        });
    }

    private static void downTransposed(GgufModel model) {
        elements(model, ".experts.down_proj", (size, i) -> {
            int column = i % size;
            int row = i / size % size;
            return i - row * size - column + column * size + row;
        });
    }

    /** Heads of 32 rows for keys, of 32 columns, and 16 rows for values. */
    private static void latentKeysTransposed(GgufModel model) {
        elements(model, ".kv_b_proj.weight", (columns, i) -> {
            int row = i / 32;
            int inHead = row % 48;
            return inHead < 32 ? (row - inHead + i % 32) * 32 + inHead : i;
        });
    }

    /** The same rows: the keys of all heads, then the values. */
    private static void latentByKind(GgufModel model) {
        rows(".kv_b_proj.", row -> row < 128 ? row / 32 * 48 + row % 32 : (row - 128) / 16 * 48 + 32 + row % 16)
                .accept(model);
    }

    /** The two halves of the columns in the other order. (E, C, 2 I) */
    private static void columnsSwapped(GgufModel model) {
        elements(model, ".gate_up_proj", (columns, i) -> {
            int column = i % columns;
            return i - column + (column + columns / 2) % columns;
        });
    }

    /** The two halves of each matrix in the other order. (E, 2 I, C) */
    private static void halvesSwapped(GgufModel model) {
        rows(".input_linear.", row -> row / 64 * 64 + (row + 32) % 64).accept(model);
    }

    /** Two groups of two heads with 8 channels. */
    private static void falconByKind(GgufModel model) {
        rows(".query_key_value.", row -> {
                    int head = row / 8;
                    int place = head < 4 ? head / 2 * 4 + head % 2 : head < 6 ? (head - 4) * 4 + 2 : (head - 6) * 4 + 3;
                    return place * 8 + row % 8;
                })
                .accept(model);
    }
}
