package dev.touchstone.zoo;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Experts;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.ProjectionsAfterRotary.Growth;
import dev.touchstone.model.Router;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** F22: Llama 4 and Ministral 3. Queries and keys after the rotary embedding, chunks, and weights on the inputs of experts. */
final class Llama4Bugs {
    private static final String LLAMA4 = "tiny-llama4";
    private static final String MINISTRAL = "tiny-ministral3";
    private static final String MIXTURE = "layers.1.feed_forward";

    static final List<ForwardBug> ALL = List.of(
            after("the norms of queries and keys missing", LLAMA4, 0, withNorm(ProjectionsAfterRotary.NO_NORM)),
            after("the default epsilon in the norms of queries and keys", LLAMA4, 0, withNorm(1e-6)),
            after("norms of queries and keys in the layers without positions too", LLAMA4, 1, withNorm(3e-2)),
            after("queries that do not grow", LLAMA4, 1, withGrowth(old -> null)),
            after("queries that do not grow", MINISTRAL, 0, withGrowth(old -> null)),
            after("queries that grow one position late", LLAMA4, 1, moved(-1)),
            after("queries that grow one position early", MINISTRAL, 0, moved(1)),
            tap("keys that grow too", MINISTRAL, "layers.0.self_attn.k", value -> grown(value, new Growth(0.3, 5, 0))),
            scores("the last positions instead of chunks", 0, old -> old.withWindow(5)),
            scores("chunks of another size", 0, old -> old.withChunks(4)),
            scores("no chunks", 0, old -> old.withWindow(Scoring.UNLIMITED)),
            scores("chunks in the layers without positions too", 1, old -> old.withChunks(5)),
            mixture(
                    "weights on the outputs of the experts, not on their inputs",
                    ".experts.gate_proj",
                    Experts.class,
                    old -> new Experts(old.name(), old.gate(), old.activation(), old.up(), old.down(), 0)),
            mixture(
                    "weights by a softmax of the chosen logits",
                    ".router.weights",
                    Router.class,
                    old -> new Router(
                            old.linear(), old.scores(), old.choice(), new Weighting(Normalization.SOFTMAX, 1))),
            bug(
                    "the shared expert left out",
                    MIXTURE,
                    LLAMA4,
                    Plant.tap(
                            (name, value, before) -> name.equals(MIXTURE) ? before.get(MIXTURE + ".experts") : value)));

    private Llama4Bugs() {}

    private static ForwardBug bug(String what, String tap, String fixture, Plant plant) {
        return ForwardBug.of("F22", what, "", tap, plant).in(fixture);
    }

    private static ForwardBug after(
            String what, String fixture, int layer, UnaryOperator<ProjectionsAfterRotary> change) {
        Plant plant = Plant.model(
                model -> Surgery.attention(model, layer, old -> Surgery.of(old, ProjectionsAfterRotary.class, change)));
        return bug(what, "layers." + layer + ".self_attn.q", fixture, plant);
    }

    private static UnaryOperator<ProjectionsAfterRotary> withNorm(double epsilon) {
        return old -> new ProjectionsAfterRotary(old.projections(), epsilon, old.headSize(), old.growth());
    }

    private static UnaryOperator<ProjectionsAfterRotary> withGrowth(UnaryOperator<Growth> change) {
        return old -> new ProjectionsAfterRotary(
                old.projections(), old.epsilon(), old.headSize(), change.apply(old.growth()));
    }

    private static UnaryOperator<ProjectionsAfterRotary> moved(int by) {
        return withGrowth(old -> new Growth(old.strength(), old.period(), old.offset() + by));
    }

    private static ForwardBug scores(String what, int layer, UnaryOperator<Scoring> change) {
        Plant plant = Plant.model(model -> Surgery.scoring(model, layer, change));
        return bug(what, "layers." + layer + ".self_attn.scores", LLAMA4, plant);
    }

    private static <P> ForwardBug mixture(String what, String tap, Class<P> type, UnaryOperator<P> change) {
        return bug(what, MIXTURE + tap, LLAMA4, Plant.model(model -> Surgery.each(model, type, change)));
    }

    private static ForwardBug tap(String what, String fixture, String tap, UnaryOperator<Tensor> change) {
        return bug(
                what, tap, fixture, Plant.tap((name, value, before) -> name.equals(tap) ? change.apply(value) : value));
    }

    private static Tensor grown(Tensor x, Growth growth) {
        Tensor y = Tensor.zeros(x.shape());
        for (int i = 0; i < y.size(); i++) {
            y.data()[i] = x.data()[i] * growth.factor(i / x.size(-1));
        }
        return y;
    }
}
