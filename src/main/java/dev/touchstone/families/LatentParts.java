package dev.touchstone.families;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.ExpertGroups;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.LatentHeads;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.LatentQuery;
import dev.touchstone.model.Linear;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.MixtureOfExperts.Shared;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Router;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.function.IntFunction;

/**
 * What DeepSeek-V2 and V3 have in common, under the names that they share: latent attention, dense layers first, then mixtures of experts
 * with shared experts.
 *
 * @param latent channels of the latent of keys and values, L
 */
record LatentParts(LlamaParts parts, LatentHeads heads, int latent) {
    /** Of the norms of latents, whatever {@code rms_norm_eps} is. */
    private static final double EPSILON = 1e-6;

    /** Reads the sizes, with the defaults of the family's configuration class. */
    static LatentParts read(Config config, Weights weights, Shape defaults) {
        LatentHeads heads = new LatentHeads(
                config.size("num_attention_heads", defaults.heads()),
                config.size("qk_nope_head_dim", 128),
                config.size("qk_rope_head_dim", 64),
                config.size("v_head_dim", 128));
        int keyValueHeads = LlamaParts.keyValueHeads(config, heads.count(), defaults);
        if (heads.count() / keyValueHeads != 1) {
            throw config.error("num_key_value_heads", keyValueHeads, "num_attention_heads, which is " + heads.count());
        }
        Shape shape = new Shape(
                config.size("num_hidden_layers", defaults.layers()),
                heads.count(),
                heads.key(),
                config.size("hidden_size", defaults.channels()),
                config.size("max_position_embeddings", defaults.positions()),
                config.size("vocab_size", defaults.vocabulary()));
        LlamaParts parts = new LlamaParts(config, weights, shape, 0, config.nonNegative("rms_norm_eps", 1e-6));
        return new LatentParts(parts, heads, config.size("kv_lora_rank", 512));
    }

    private Config config() {
        return parts.config();
    }

    private Weights weights() {
        return parts.weights();
    }

    private int channels() {
        return parts.shape().channels();
    }

    /** The model, with the rotary embedding of the rotated channels. */
    Transformer transformer(RotaryLayout layout, IntFunction<Block> block) {
        Rotary rotary =
                RotarySettings.whole(config(), heads.rotated(), parts.shape().positions());
        return parts.transformer(parts.ends(false), rotary.withLayout(layout), block);
    }

    Block block(int layer, FeedForward feedForward) {
        return parts.block(layer, attention(layer), feedForward);
    }

    /** Only the projections to latents and the output have biases, if any. */
    private Attention attention(int layer) {
        String name = LlamaParts.attentionName(layer);
        boolean bias = config().flag("attention_bias", false);
        LatentProjections projections = new LatentProjections(
                query(name, bias),
                weights().linear(name + ".kv_a_proj_with_mqa", channels(), latent + heads.rotated(), bias),
                latentNorm(name + ".kv_a_layernorm", latent),
                weights().linear(name + ".kv_b_proj", latent, heads.count() * (heads.plain() + heads.value()), false),
                heads);
        Linear output = weights().linear(name + ".o_proj", heads.count() * heads.value(), channels(), bias);
        return parts.attention(layer, projections, scoring(), output);
    }

    /** Through a latent of {@code q_lora_rank} channels, unless that is null. */
    private LatentQuery query(String name, boolean bias) {
        int queries = parts.shape().heads() * parts.shape().headSize();
        if (config().isNull("q_lora_rank")) {
            return new LatentQuery(null, null, weights().linear(name + ".q_proj", channels(), queries, false));
        }
        int rank = config().size("q_lora_rank", 1536);
        return new LatentQuery(
                weights().linear(name + ".q_a_proj", channels(), rank, bias),
                latentNorm(name + ".q_a_layernorm", rank),
                weights().linear(name + ".q_b_proj", rank, queries, false));
    }

    private RmsNorm latentNorm(String name, int size) {
        return weights().rmsNorm(name, size, 0, EPSILON);
    }

    /** With scaled rotary embeddings, scores are also multiplied by the square of YaRN's factor for {@code mscale_all_dim}. */
    private Scoring scoring() {
        double scale = Math.pow(parts.shape().headSize(), -0.5);
        Config settings = RotarySettings.settings(config());
        String type =
                settings.text(settings.has("rope_type") ? "rope_type" : "type").orElse("default");
        double all = settings.number("mscale_all_dim", 0);
        double factor = all == 0 || type.equals("default") ? 1 : RotaryScaling.sharpness(settings.factor(), all);
        return new Scoring((float) (scale * factor * factor));
    }

    /** Whether a layer has a mixture of experts: all after the first {@code first_k_dense_replace}. */
    boolean hasExperts(int layer, int dense) {
        return layer >= config().count("first_k_dense_replace", dense);
    }

    /** The parts of the mixture of a layer, with the defaults of its number of experts and of their inner size. */
    MixtureParts mixture(int layer, int experts, int inner) {
        String name = "layers." + layer + ".mlp";
        return new MixtureParts(
                parts,
                name,
                name,
                config().size("n_routed_experts", experts),
                config().size("moe_intermediate_size", inner));
    }

    /** The mixture, with shared experts that are one MLP. {@code sharedExperts} is the default of their number. */
    MixtureOfExperts mixture(MixtureParts mixture, Router router, int sharedExperts, boolean bias) {
        int inner = mixture.inner() * config().size("n_shared_experts", sharedExperts);
        Shared shared = new Shared(
                parts.mlp(mixture.name() + ".shared_experts", inner, bias, parts.activation("hidden_act", "silu")),
                null);
        return new MixtureOfExperts(mixture.name(), router, mixture.experts(Qwen2Moe.EXPERT), shared);
    }

    /** The groups of {@code n_group} and {@code topk_group}. A default of 0 means that a field must be set. */
    ExpertGroups groups(int experts, ExpertGroups defaults) {
        int groups = config().size("n_group", defaults.count());
        int chosen = config().size("topk_group", defaults.chosen());
        if (experts % groups != 0 || experts / groups < defaults.best()) {
            throw config().error(
                            "n_group",
                            groups,
                            "a divisor of n_routed_experts, which is " + experts + ", with groups of at least "
                                    + defaults.best());
        }
        if (chosen > groups) {
            throw config().error("topk_group", chosen, "at most n_group, which is " + groups);
        }
        return new ExpertGroups(groups, chosen, defaults.best(), defaults.masked());
    }
}
