package dev.touchstone.zoo;

import dev.touchstone.model.Block;
import dev.touchstone.model.Head;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** F11, F12 and F13 in Granite: factors on embedding, scores, logits and on what attention and MLP add to the residual stream. */
final class MultiplierBugs {
    private static final String FIXTURE = "tiny-granite";
    private static final String NORM = "layers.0.post_attention_layernorm";

    static final List<ForwardBug> ALL = List.of(
            model(
                    "F11",
                    "embedding_multiplier forgotten",
                    "layers.0.input_layernorm",
                    model -> Surgery.each(
                            model, Stem.class, old -> new Stem(old.embedded(), old.wte(), old.wpe(), old.norm()))),
            model(
                    "F11",
                    "residual_multiplier forgotten",
                    NORM,
                    model -> Surgery.each(model, Block.class, old -> multiplied(old, 1))),
            ForwardBug.of(
                            "F11",
                            "residual_multiplier of the MLP forgotten",
                            "",
                            "layers.0",
                            Plant.tap((name, value, before) -> name.equals("layers.0")
                                    ? plus(value, 1 - 0.4375f, before.get("layers.0.mlp"))
                                    : value))
                    .in(FIXTURE),
            model(
                    "F12",
                    "attention_multiplier forgotten",
                    "layers.0.self_attn.scores",
                    model -> Surgery.scale(model, 0, 1 / Math.sqrt(model.shape().headSize()))),
            head("logits_scaling forgotten", 1),
            head("logits multiplied by logits_scaling", 0.7f));

    private MultiplierBugs() {}

    private static ForwardBug model(String id, String what, String tap, UnaryOperator<Transformer> change) {
        return ForwardBug.of(id, what, "", tap, Plant.model(change)).in(FIXTURE);
    }

    private static ForwardBug head(String what, float scale) {
        return model(
                "F13",
                what,
                "logits",
                model -> Surgery.each(
                        model, Head.class, old -> new Head(old.name(), old.weight(), old.bias(), scale, old.cap())));
    }

    private static Block multiplied(Block old, float multiplier) {
        return new Block.Sequential(old.name(), old.ln1(), old.attn(), old.ln2(), old.mlp(), multiplier);
    }

    private static Tensor plus(Tensor x, float factor, Tensor y) {
        Tensor sum = Tensor.zeros(x.shape());
        for (int i = 0; i < x.size(); i++) {
            sum.data()[i] = x.data()[i] + factor * y.data()[i];
        }
        return sum;
    }
}
