package dev.touchstone.families;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.util.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads the settings of rotary embeddings from {@code config.json}: {@code rope_parameters}, or in older files {@code rope_scaling}
 * and {@code rope_theta}. The frequencies are rounded to float like Hugging Face's buffer {@code inv_freq}; the angles are not rounded.
 */
final class RotarySettings {
    private static final double THETA = 10_000;
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    private static final Map<String, RotaryScaling> SCALINGS = new TreeMap<>(Map.of(
            "default", RotaryScaling::none,
            "dynamic", RotaryScaling::dynamic,
            "linear", RotaryScaling::linear,
            "llama3", RotaryScaling::llama3,
            "longrope", RotaryScaling::longRope,
            "yarn", RotaryScaling::yarn));

    /** The types of scaling that use the length of the context in training. */
    private static final Set<String> USE_TRAINED = Set.of("llama3", "longrope", "yarn");

    private RotarySettings() {}

    /** For families whose rotary embedding applies to all channels of a head. */
    static Rotary whole(Config config, int headSize, int positions) {
        return whole(config, headSize, positions, THETA);
    }

    /** The same with another default of {@code rope_theta}. */
    static Rotary whole(Config config, int headSize, int positions, double theta) {
        refuseSomeChannels(settings(config), config);
        return read(config, headSize, positions, config.nonNegative("rope_theta", theta), 1);
    }

    private static void refuseSomeChannels(Config... all) {
        for (Config settings : all) {
            settings.refuse(
                    "partial_rotary_factor",
                    settings.nonNegative("partial_rotary_factor", 1) != 1,
                    "in this family the rotary embedding applies to all channels; expected 1");
        }
    }

    /**
     * For families with an embedding for each kind of layer, whose settings {@code rope_parameters} has under the name of the kind. In older
     * files {@code rope_scaling} is for the layers with full attention.
     *
     * @param slides whether a layer has a sliding window
     * @param theta the base for layers with full attention, if the settings have none
     * @param slidingTheta likewise for layers with a sliding window
     */
    static LayerRotaries ofKinds(Config config, Shape shape, IntPredicate slides, double theta, double slidingTheta) {
        Config given = config.part("rope_parameters");
        given.json().properties().forEach(field -> {
            if (!FULL.equals(field.getKey()) && !SLIDING.equals(field.getKey())) {
                throw given.error(field.getKey(), "no such field, but objects " + FULL + " and " + SLIDING);
            }
        });
        List<String> kinds = IntStream.range(0, shape.layers())
                .mapToObj(layer -> slides.test(layer) ? SLIDING : FULL)
                .toList();
        List<String> distinct = kinds.stream().distinct().sorted().toList();
        List<Rotary> all = distinct.stream()
                .map(kind -> ofKind(kind, config, given, shape, kind.equals(FULL) ? theta : slidingTheta))
                .toList();
        long trained = all.stream()
                .flatMap(rotary -> Stream.ofNullable(rotary.longer()))
                .map(Rotary.Longer::positions)
                .distinct()
                .count();
        if (trained > 1) {
            throw given.error("original_max_position_embeddings", "the same for both kinds of layers");
        }
        return new LayerRotaries(all, kinds.stream().map(distinct::indexOf).toList());
    }

    private static Rotary ofKind(String kind, Config config, Config given, Shape shape, double theta) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        if (given.has(kind)) {
            settings.setAll((ObjectNode) given.part(kind).json());
        } else {
            settings.put("rope_type", "default");
        }
        if (kind.equals(FULL) && config.has("rope_scaling")) {
            if (config.has("rope_parameters") && !given.has(FULL)) {
                throw config.error("rope_scaling", "no such field, because there is rope_parameters");
            }
            settings.setAll((ObjectNode) config.part("rope_scaling").json());
        }
        String path = config.path() + ": rope_parameters: " + kind;
        Config own = new Config(new JsonObject(path, settings));
        refuseSomeChannels(own, config);
        Rotary rotary = read(own, own, shape.headSize(), shape.positions(), theta, 1);
        return rotary.withName(rotary.name() + "." + kind);
    }

    /** {@code rope_scaling} if it has fields, else {@code rope_parameters}: as Python's {@code or} has it. */
    static Config settings(Config config) {
        Config scaling = config.part("rope_scaling");
        Config settings = scaling.json().isEmpty() ? config.part("rope_parameters") : scaling;
        settings.json().properties().forEach(field -> {
            if (field.getValue().isObject()) {
                throw settings.error(field.getKey(), "no object: settings for each type of layer are not supported");
            }
        });
        return settings;
    }

    /**
     * A half-split rotary embedding on the first channels of every head.
     *
     * @param positions {@code max_position_embeddings}
     * @param defaultTheta the base if the settings have none, as in older files
     * @param defaultPart likewise the fraction of channels to which the embedding applies
     */
    static Rotary read(Config config, int headSize, int positions, double defaultTheta, double defaultPart) {
        return read(config, settings(config), headSize, positions, defaultTheta, defaultPart);
    }

    private static Rotary read(
            Config config, Config settings, int headSize, int positions, double defaultTheta, double defaultPart) {
        refuseNull(settings, "rope_theta");
        refuseNull(settings, "partial_rotary_factor");
        double theta = settings.nonNegative("rope_theta", defaultTheta);
        int channels = (int) (headSize * settings.nonNegative("partial_rotary_factor", defaultPart));
        if (channels % 2 != 0 || channels > headSize || channels < 2) {
            throw config.error(
                    "head_dim", headSize, "a size with an even number of rotary channels, found " + channels);
        }
        String type = settings.has("rope_type") ? "rope_type" : "type";
        RotaryScaling scaling = settings.choice(type, "default", SCALINGS);
        int trained = usesTrained(settings) ? trainedPositions(config, settings, positions) : positions;
        float[] frequencies = new float[channels / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / RotaryScaling.period(theta, i, frequencies.length);
        }
        RotaryScaling.Scaled scaled =
                scaling.of(new RotaryScaling.Given(settings, theta, frequencies, trained, positions));
        Rotary.Longer longer = scaled.longer() == null ? null : new Rotary.Longer(trained, doubles(scaled.longer()));
        return new Rotary(
                "rotary_emb",
                headSize,
                RotaryLayout.HALF_SPLIT,
                doubles(scaled.frequencies()),
                scaled.factor(),
                longer);
    }

    private static List<Double> doubles(float[] frequencies) {
        List<Double> list = new ArrayList<>();
        for (float frequency : frequencies) {
            list.add((double) frequency);
        }
        return list;
    }

    /** Whether the scaling uses the length of the context in training, whose default is then that of all positions. */
    static boolean usesTrained(Config settings) {
        String type = settings.has("rope_type") ? "rope_type" : "type";
        return USE_TRAINED.contains(settings.text(type).orElse("default"));
    }

    /** The length of the context in training. A value outside of the settings of the embedding has precedence. */
    static int trainedPositions(Config config, Config settings, int positions) {
        String trained = "original_max_position_embeddings";
        refuseNull(settings, trained);
        refuseNull(config, trained);
        return config.size(trained, settings.size(trained, positions));
    }

    /** Throws if a field is null, which Hugging Face does not replace by a default here. */
    private static void refuseNull(Config config, String name) {
        if (config.isNull(name)) {
            throw config.error(name, "a number");
        }
    }
}
