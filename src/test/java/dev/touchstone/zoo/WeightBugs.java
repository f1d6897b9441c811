package dev.touchstone.zoo;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** W1 to W3, W6, W9 and F13: transposed matrices, missing weights, dropped biases. */
final class WeightBugs {
    private static final String ATTENTION = "h.0.attn.c_attn";

    static final List<ForwardBug> ALL = Stream.of(matrices(), heads(), biases(), files())
            .flatMap(List::stream)
            .toList();

    private WeightBugs() {}

    private static List<ForwardBug> matrices() {
        return List.of(
                weight(
                        "W1",
                        "the square c_proj of attention loaded transposed",
                        "nanoGPT#190",
                        "h.0.attn.c_proj",
                        w -> Matrix.ofOutputRows(Surgery.rows(w))),
                weight(
                        "W1",
                        "the square c_proj of the last block loaded transposed",
                        "nanoGPT#190",
                        "h.1.attn.c_proj",
                        w -> Matrix.ofOutputRows(Surgery.rows(w))),
                weight(
                        "W1",
                        "c_attn read as (O, I) without a transpose",
                        "nanoGPT#190",
                        ATTENTION,
                        WeightBugs::reshaped),
                weight(
                        "W1",
                        "c_fc read as (O, I) without a transpose",
                        "nanoGPT#190",
                        "h.0.mlp.c_fc",
                        WeightBugs::reshaped),
                weight(
                        "W1",
                        "the MLP's c_proj read as (O, I) without a transpose",
                        "nanoGPT#190",
                        "h.1.mlp.c_proj",
                        WeightBugs::reshaped),
                weight("W7", "the last row of a matrix not read", "", "h.0.mlp.c_fc", w -> {
                    Tensor rows = Surgery.rows(w);
                    Arrays.fill(rows.data(), rows.size() - w.outputs(), rows.size(), 0);
                    return Matrix.ofInputRows(rows);
                }),
                weight("W7", "the columns past the last whole panel of 64 not read", "", "h.0.mlp.c_fc", w -> {
                    Tensor rows = Surgery.rows(w);
                    for (int i = 0; i < rows.size(); i++) {
                        rows.data()[i] = i % w.outputs() < w.outputs() / 64 * 64 ? rows.data()[i] : 0;
                    }
                    return Matrix.ofInputRows(rows);
                }));
    }

    private static List<ForwardBug> heads() {
        return List.of(
                ForwardBug.of(
                        "W2",
                        "lm_head absent from the file and left at zero",
                        "llama.cpp#12567",
                        "logits",
                        Plant.model(model -> Surgery.head(
                                model,
                                Matrix.ofInputRows(Tensor.zeros(
                                        model.shape().channels(), model.shape().vocabulary()))))),
                ForwardBug.of(
                                "W2",
                                "lm_head present but ignored: the embedding is used as the head",
                                "transformers#38870, #43159",
                                "logits",
                                Plant.model(model ->
                                        Surgery.head(model, model.stem().wte().table())))
                        .inTheVariant(),
                ForwardBug.of(
                                "W2",
                                "lm_head used as the embedding too",
                                "transformers#43159",
                                "wte",
                                Plant.model(model -> Surgery.embedding(
                                        model, "wte", old -> model.head().weight())))
                        .inTheVariant(),
                ForwardBug.of("W2", "the rows of the head shifted by one token", "", "logits", Plant.model(model -> {
                    Tensor rows = Surgery.rows(model.head().weight());
                    Tensor shifted = Tensor.zeros(rows.shape());
                    int V = rows.size(-1);
                    for (int i = 0; i < rows.size(); i++) {
                        shifted.data()[i] = rows.data()[i / V * V + (i + 1) % V];
                    }
                    return Surgery.head(model, Matrix.ofInputRows(shifted));
                })));
    }

    private static List<ForwardBug> biases() {
        List<ForwardBug> bugs = new ArrayList<>();
        for (String linear : List.of("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")) {
            for (int layer = 0; layer < 2; layer++) {
                String name = "h." + layer + "." + linear;
                bugs.add(bias("F13", "the bias of " + name + " dropped", name, bias -> new float[bias.length]));
            }
        }
        for (int i = 0; i < 3; i++) {
            int projection = i;
            String name = List.of("q", "k", "v").get(i);
            String note = name.equals("k") ? ", which cancels in softmax" : "";
            bugs.add(bias("F13", "the bias of " + name + " dropped" + note, ATTENTION, bias -> {
                Arrays.fill(bias, projection * bias.length / 3, (projection + 1) * bias.length / 3, 0);
                return bias;
            }));
        }
        bugs.add(bias("F13", "a bias added twice", "h.0.mlp.c_proj", bias -> {
            for (int i = 0; i < bias.length; i++) {
                bias[i] *= 2;
            }
            return bias;
        }));
        bugs.add(ForwardBug.of(
                "W3",
                "a filter on attn.bias that drops c_attn.bias as well",
                "nanoGPT, ggml",
                ATTENTION,
                Plant.model(model -> Surgery.linears(
                        model,
                        old -> old.name().contains("c_attn") ? new Linear(old.name(), old.weight(), null) : old))));
        bugs.add(bias("W3", "the causal mask read as the bias of c_attn", ATTENTION, bias -> {
            Arrays.fill(bias, 0);
            bias[0] = 1; // the first row of a lower triangle
            return bias;
        }));
        return bugs;
    }

    private static List<ForwardBug> files() {
        return List.of(
                ForwardBug.of(
                                "W6",
                                "bf16 read as fp16",
                                "llama3.java 1e13c07",
                                "wte",
                                everyMatrix(w -> HalfPrecision.fromFloat16(HalfPrecision.toBfloat16(w))))
                        .inTheVariant(),
                ForwardBug.of(
                                "W6",
                                "bf16 read with its bytes swapped",
                                "",
                                "wte",
                                everyMatrix(w -> finite(
                                        HalfPrecision.fromBfloat16(Short.reverseBytes(HalfPrecision.toBfloat16(w))))))
                        .inTheVariant(),
                ForwardBug.of(
                        "W6",
                        "weights rounded to bf16 when loaded",
                        "",
                        "wte",
                        everyMatrix(w -> HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(w)))),
                ForwardBug.of(
                        "W6",
                        "weights rounded to fp16 when loaded",
                        "",
                        "wte",
                        everyMatrix(w -> HalfPrecision.fromFloat16(HalfPrecision.toFloat16(w)))),
                ForwardBug.of(
                                "W9",
                                "only the first shard read, tensors of the second left at zero",
                                "",
                                firstOfSecondShard(),
                                Plant.model(WeightBugs::withoutSecondShard))
                        .inTheVariant());
    }

    private static ForwardBug weight(String id, String what, String seenIn, String name, UnaryOperator<Matrix> change) {
        return ForwardBug.of(id, what, seenIn, name, Plant.model(model -> Surgery.weight(model, name, change)));
    }

    private static ForwardBug bias(String id, String what, String name, UnaryOperator<float[]> change) {
        return ForwardBug.of(
                id,
                what,
                "ONNX test models with zero biases",
                name,
                Plant.model(model -> Surgery.bias(model, name, change)));
    }

    /** The same numbers in the same order, read as rows of inputs. */
    private static Matrix reshaped(Matrix matrix) {
        return Matrix.ofOutputRows(Tensor.of(Surgery.rows(matrix).data(), matrix.outputs(), matrix.inputs()));
    }

    private static Plant everyMatrix(UnaryOperator<Float> change) {
        return Plant.model(model -> {
            Transformer changed = Surgery.linears(
                    model, old -> new Linear(old.name(), Surgery.each(old.weight(), change), old.bias()));
            changed = Surgery.each(
                    changed, Embedding.class, old -> new Embedding(old.name(), Surgery.each(old.table(), change)));
            return Surgery.head(changed, Surgery.each(model.head().weight(), change));
        });
    }

    /** Values that are not finite become 0, because the loader refuses them. */
    private static float finite(float value) {
        return Float.isFinite(value) ? value : 0;
    }

    private static boolean inSecondShard(String tensor) {
        return Fixtures.named("tiny-gpt2-variant")
                .json("model.safetensors.index.json")
                .get("weight_map")
                .get("transformer." + tensor)
                .asText()
                .startsWith("model-00002");
    }

    /** The first layer in the order of computation whose weight is in the second shard. */
    private static String firstOfSecondShard() {
        List<String> layers = new ArrayList<>();
        Surgery.linears(Fixtures.model(Fixtures.named("tiny-gpt2-variant")).transformer(), linear -> {
            layers.add(linear.name());
            return linear;
        });
        return layers.stream()
                .filter(name -> inSecondShard(name + ".weight"))
                .findFirst()
                .orElseThrow();
    }

    private static Transformer withoutSecondShard(Transformer model) {
        Transformer zeroed = Surgery.linears(
                model,
                old -> new Linear(
                        old.name(),
                        inSecondShard(old.name() + ".weight") ? Surgery.each(old.weight(), w -> 0f) : old.weight(),
                        inSecondShard(old.name() + ".bias") ? new float[old.bias().length] : old.bias()));
        return Surgery.norms(
                zeroed,
                old -> inSecondShard(old.name() + ".weight")
                        ? new LayerNorm(
                                old.name(), new float[old.gain().length], new float[old.gain().length], old.epsilon())
                        : old);
    }
}
