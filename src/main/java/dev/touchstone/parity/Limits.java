package dev.touchstone.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The largest errors with which a tap passes.
 *
 * @param ratio the largest ratio of the error to PyTorch's in float32
 * @param local the largest error of the operation that computes the tap, as a share of the largest expected value. A tap that
 *     PyTorch computes without error in float32, such as an embedding, may have this error too if {@code rounds}
 * @param rounds whether weights or results are rounded to a type with fewer bits than float32
 */
public record Limits(double ratio, double local, boolean rounds) implements Serializable {
    /** Those of an engine that computes in float32. */
    public static final Limits FLOAT32 = new Limits(TapResult.MAX_RATIO, Deviation.LOCAL_BOUND, false);

    private static final String RESOURCE = "tolerances.json";

    /** The names of the limits that were measured with PyTorch in other types; {@code python/engines/tolerances.py} writes them. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        measured().fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * The limits of this name in {@link #names}.
     *
     * @throws TouchstoneException if there is no such name
     */
    public static Limits named(String name) {
        JsonNode limits = measured().get(name);
        if (limits == null) {
            throw new TouchstoneException("no limits are called " + name + "; there are " + String.join(", ", names())
                    + ", or a JSON file with ratio and local");
        }
        return of(new JsonObject(RESOURCE, limits));
    }

    /**
     * The limits in a JSON object with {@code ratio} and {@code local}.
     *
     * @throws TouchstoneException if a number is missing, or not above 0
     */
    public static Limits of(JsonObject json) {
        return new Limits(positive(json, "ratio"), positive(json, "local"), true);
    }

    private static double positive(JsonObject json, String name) {
        double value = json.number(name, -1);
        if (!(value > 0)) {
            throw json.error(name, "a number above 0");
        }
        return value;
    }

    private static JsonNode measured() {
        try (InputStream resource = Limits.class.getResourceAsStream(RESOURCE)) {
            return Json.value(RESOURCE, new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The limits of a tap that is computed by several operations, because the taps between them are absent. */
    Limits ofOperations(int count) {
        return new Limits(ratio, count * local, rounds);
    }
}
