package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.gguf.Gguf;
import dev.touchstone.checkpoint.gguf.GgufBytes;
import dev.touchstone.checkpoint.gguf.GgufType;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** W10 and W11: mistakes of readers of GGUF files in the layout of tensors, in metadata, and in the formulas of quantised types. */
final class GgufBugs {
    private static final Map<String, Check<Mistake>> MODEL_CHECK = new HashMap<>();
    private static final Map<GgufType, Check<BlockReader>> TYPE_CHECK = new EnumMap<>(GgufType.class);

    private static final int HEAD = 16;
    private static final int HALF = HEAD / 2;

    /** Makes a mistake in a model. The correct one makes none. */
    @FunctionalInterface
    interface Mistake extends Consumer<GgufModel> {}

    /** Reads a block. The correct one is that of the project. */
    @FunctionalInterface
    interface BlockReader {
        float[] read(GgufType type, byte[] block);
    }

    static final List<Check<Mistake>> MODEL_CHECKS = List.of(
            logits("llama"),
            logits("llama-factors"),
            logits("llama-linear"),
            logits("qwen3"),
            logits("gemma2"),
            logits("mistral"),
            logits("gpt2"),
            logits("gptneox"),
            logits("gptneox-sequential"),
            logits("bloom"),
            logits("phi2"),
            logits("phi2-fused"));

    static final List<Bug<Mistake>> MODELS = List.of(
            model("queries left in the order of rotary pairs", "llama", rows(".q_proj.", GgufBugs::permuted)),
            model("keys left in the order of rotary pairs", "llama", rows(".k_proj.", GgufBugs::permuted)),
            model(
                    "keys put in order as if all key-value heads were one",
                    "llama",
                    rows(".k_proj.", GgufBugs::asOneHead)),
            model(
                    "the biases of queries left in the order of rotary pairs",
                    "llama-factors",
                    rows(".q_proj.bias", GgufBugs::permuted)),
            model(
                    "the order of rotary pairs undone where it is not used",
                    "qwen3",
                    rows(".q_proj.", GgufBugs::ordered)),
            model(
                    "norms left with 1 added",
                    "gemma2",
                    model -> model.tensors().forEach((name, tensor) -> {
                        if (name.contains("norm")) {
                            for (int i = 0; i < tensor.size(); i++) {
                                tensor.data()[i]++;
                            }
                        }
                    })),
            model("rope_freqs ignored", "llama-factors", model -> rope(model).put("rope_type", "default")),
            model("rope.scaling ignored", "llama-linear", model -> rope(model).put("rope_type", "default")),
            model("rope.freq_base ignored", "llama", model -> rope(model).put("rope_theta", 10_000)),
            model(
                    "epsilon of the norms ignored",
                    "llama",
                    model -> model.config().put("rms_norm_eps", 1e-5)),
            model(
                    "the soft cap of logits ignored",
                    "gemma2",
                    model -> model.config().putNull("final_logit_softcapping")),
            model("a tied head left at zero", "qwen3", model -> {
                model.config().put("tie_word_embeddings", false);
                Tensor table = model.tensors().get("model.embed_tokens.weight");
                model.tensors().put("lm_head.weight", Tensor.zeros(table.shape()));
            }),
            model(
                    "the window of Mistral ignored",
                    "mistral",
                    model -> model.config().putNull("sliding_window")),
            model(
                    "a square matrix of Conv1D left transposed",
                    "gpt2",
                    model -> model.tensors()
                            .replaceAll((name, tensor) ->
                                    name.endsWith(".attn.c_proj.weight") ? transposed(tensor) : tensor)),
            model(
                    "queries, keys and values of BLOOM left by kind",
                    "bloom",
                    rows(".query_key_value.", GgufBugs::byKind)),
            model(
                    "biases of queries, keys and values of GPT-NeoX left by kind",
                    "gptneox",
                    rows(".query_key_value.bias", GgufBugs::byKind)),
            model(
                    "the norm of BLOOM's embeddings left out",
                    "bloom",
                    model -> model.tensors().replaceAll((name, tensor) -> {
                        if (name.contains("word_embeddings_layernorm")) {
                            Arrays.fill(tensor.data(), name.endsWith("weight") ? 1 : 0);
                        }
                        return tensor;
                    })),
            model(
                    "use_parallel_residual ignored",
                    "gptneox-sequential",
                    model -> model.config().put("use_parallel_residual", true)),
            model(
                    "rope.dimension_count ignored",
                    "gptneox",
                    model -> rope(model).put("partial_rotary_factor", 1)),
            model(
                    "the approximation of GELU in llama.cpp used for GPT-NeoX",
                    "gptneox",
                    model -> model.config().put("hidden_act", "gelu_new")),
            model(
                    "the bias of Phi's head ignored",
                    "phi2",
                    model -> Arrays.fill(model.tensors().get("lm_head.bias").data(), 0)),
            model("keys and values of one tensor swapped", "phi2-fused", model -> {
                for (String kind : List.of("weight", "bias")) {
                    String key = "model.layers.0.self_attn.k_proj." + kind;
                    Tensor keys = model.tensors().get(key);
                    Tensor values = model.tensors().put(key.replace("k_proj", "v_proj"), keys);
                    model.tensors().put(key, values);
                }
            }));

    static final List<Check<BlockReader>> TYPE_CHECKS = List.of(
            values(GgufType.Q4_0),
            values(GgufType.Q5_0),
            values(GgufType.Q8_0),
            values(GgufType.Q4_K),
            values(GgufType.MXFP4));

    static final List<Bug<BlockReader>> TYPES = List.of(
            new Bug<>(
                    "W11",
                    "Q4_0: the two halves of a byte read as neighbours",
                    "",
                    (type, block) -> nibbles(block, 2, i -> i / 2, i -> i % 2 * 4),
                    values(GgufType.Q4_0)),
            new Bug<>(
                    "W11",
                    "Q4_0: high half before low half",
                    "",
                    (type, block) -> nibbles(block, 2, i -> i % 16, i -> 4 - i / 16 * 4),
                    values(GgufType.Q4_0)),
            new Bug<>(
                    "W11",
                    "Q5_0: the fifth bit ignored",
                    "",
                    (type, block) -> nibbles(block, 6, i -> i % 16, i -> i / 16 * 4),
                    values(GgufType.Q5_0)),
            new Bug<>(
                    "W11",
                    "Q8_0: bytes read as unsigned",
                    "",
                    (type, block) -> {
                        float[] values = read(type, block);
                        float scale = half(block, 0);
                        for (int i = 0; i < values.length; i++) {
                            values[i] = scale * (block[2 + i] & 0xFF);
                        }
                        return values;
                    },
                    values(GgufType.Q8_0)),
            new Bug<>(
                    "W11",
                    "Q4_K: the scale of the first group used for all",
                    "",
                    (type, block) -> {
                        byte[] same = block.clone();
                        for (int i = 5; i < 8; i++) {
                            same[i] = same[4];
                        }
                        return read(type, same);
                    },
                    values(GgufType.Q4_K)),
            new Bug<>(
                    "W11",
                    "Q4_K: minimum not subtracted",
                    "",
                    (type, block) -> {
                        byte[] none = block.clone();
                        none[2] = none[3] = 0;
                        return read(type, none);
                    },
                    values(GgufType.Q4_K)),
            new Bug<>(
                    "W11",
                    "MXFP4: the doubled values with the whole scale",
                    "",
                    (type, block) -> {
                        byte[] doubled = block.clone();
                        doubled[0]++;
                        return read(type, doubled);
                    },
                    values(GgufType.MXFP4)),
            new Bug<>(
                    "W11",
                    "MXFP4: the two halves of a byte read as neighbours, as in OpenAI's files",
                    "",
                    (type, block) -> {
                        float[] values = read(type, block);
                        float[] neighbours = new float[values.length];
                        for (int i = 0; i < values.length; i++) {
                            neighbours[i] = values[i / 2 + i % 2 * 16];
                        }
                        return neighbours;
                    },
                    values(GgufType.MXFP4)));

    private GgufBugs() {}

    static Bug<Mistake> model(String what, String model, Mistake mistake) {
        return new Bug<>("W10", what, "", mistake, logits(model));
    }

    static Check<Mistake> logits(String model) {
        return MODEL_CHECK.computeIfAbsent(
                model,
                name -> new Check<>("the logits of " + name + " are Hugging Face's", mistake -> {
                    GgufModel read = GgufModel.read(name);
                    mistake.accept(read);
                    assertThat(read.error()).as("relative error").isLessThan(1e-5);
                }));
    }

    private static Check<BlockReader> values(GgufType type) {
        return TYPE_CHECK.computeIfAbsent(
                type,
                one -> new Check<>("the values of a block of " + type, reader -> {
                    for (JsonNode entry : Fixtures.json("gguf-types.json")) {
                        if (entry.get("type").textValue().equals(one.name())) {
                            byte[] block =
                                    HexFormat.of().parseHex(entry.get("block").textValue());
                            float[] found = reader.read(one, block);
                            for (int i = 0; i < found.length; i++) {
                                assertThat(found[i])
                                        .as("element %d", i)
                                        .isEqualTo(entry.get("values").get(i).floatValue());
                            }
                        }
                    }
                }));
    }

    /** Reads a block from a file with one tensor. */
    static float[] read(GgufType type, byte[] block) {
        byte[] file = GgufBytes.header(3, 1, 0)
                .tensor("x", type, 0, type.blockElements())
                .data(block.length);
        System.arraycopy(block, 0, file, file.length - block.length, block.length);
        try (Gguf gguf = Gguf.open("x.gguf", ByteSource.of(file))) {
            float[] values = new float[type.blockElements()];
            gguf.all().get(0).reader(values.length).floats(0, values.length, values, 0);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code d (q - 8)} with q from these bytes and bits. Q5_0 without its fifth bit is {@code d (q - 16)}. */
    private static float[] nibbles(byte[] block, int from, IntUnaryOperator index, IntUnaryOperator shift) {
        float[] values = new float[32];
        for (int i = 0; i < values.length; i++) {
            int q = block[from + index.applyAsInt(i)] >> shift.applyAsInt(i) & 0xF;
            values[i] = half(block, 0) * (q - (from == 2 ? 8 : 16));
        }
        return values;
    }

    private static float half(byte[] block, int from) {
        return HalfPrecision.fromFloat16(
                ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getShort(from));
    }

    static ObjectNode rope(GgufModel model) {
        return (ObjectNode) model.config().get("rope_parameters");
    }

    /** Row {@code row} of the file's order, in Hugging Face's: both channels of a pair side by side. */
    private static int permuted(int row) {
        return row / HEAD * HEAD + row % 2 * HALF + row % HEAD / 2;
    }

    /** The row of the file for a row of Hugging Face's order. */
    private static int ordered(int row) {
        return row / HEAD * HEAD + row % HALF * 2 + row % HEAD / HALF;
    }

    /** The rows of two key-value heads, which are in Hugging Face's order, ordered as if the file had one head of twice the size. */
    private static int asOneHead(int row) {
        int inFile = row % HEAD * 2 + row / HEAD;
        return permuted(inFile);
    }

    /** The row in Hugging Face's order of a row of the file, in matrices with the queries, keys and values of 6 heads. */
    private static int byKind(int row) {
        int kind = row / (6 * HEAD);
        int head = row % (6 * HEAD) / HEAD;
        return (3 * head + kind) * HEAD + row % HEAD;
    }

    private static Tensor transposed(Tensor tensor) {
        Tensor result = Tensor.zeros(tensor.size(-1), tensor.rows());
        for (int row = 0; row < tensor.rows(); row++) {
            for (int column = 0; column < tensor.size(-1); column++) {
                result.data()[column * tensor.rows() + row] = tensor.at(row, column);
            }
        }
        return result;
    }

    /** Reorders the rows of all tensors whose name contains a text. */
    static Mistake rows(String name, IntUnaryOperator source) {
        return model -> model.tensors().replaceAll((tensorName, tensor) -> {
            if (!tensorName.contains(name)) {
                return tensor;
            }
            int columns = tensor.shape().length == 1 ? 1 : tensor.size(-1);
            Tensor moved = Tensor.zeros(tensor.shape());
            for (int row = 0; row < tensor.size() / columns; row++) {
                System.arraycopy(tensor.data(), source.applyAsInt(row) * columns, moved.data(), row * columns, columns);
            }
            return moved;
        });
    }
}
