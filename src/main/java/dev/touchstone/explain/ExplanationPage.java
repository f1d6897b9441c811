package dev.touchstone.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.explain.diagram.Part;
import dev.touchstone.util.Page;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.stream.Stream;

/** Writes an explanation as one HTML page that needs no network. */
public final class ExplanationPage {
    /** Significant digits. A page has thousands of numbers, so more would make it large. */
    private static final MathContext DIGITS = new MathContext(5);

    /** Characters of the prompt in the description, which the index of pages shows. */
    private static final int DESCRIBED = 120;

    private static final ObjectMapper JSON = new ObjectMapper()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .registerModule(new SimpleModule()
                    .addSerializer(Double.class, serializer((value, json) -> number(value, json)))
                    .addSerializer(Float.class, serializer((value, json) -> number(value, json)))
                    .addSerializer(double[].class, serializer((values, json) -> {
                        json.writeStartArray();
                        for (double value : values) {
                            number(value, json);
                        }
                        json.writeEndArray();
                    }))
                    .addSerializer(Class.class, serializer((type, json) -> json.writeString(SourceFile.path(type)))));

    private ExplanationPage() {}

    /** The page. It contains the source files of all classes that it names, so that readers need no checkout. */
    public static String html(Explanation run) {
        ObjectNode data = json(run);
        data.put("version", ExplanationPage.class.getPackage().getImplementationVersion());
        ObjectNode sources = data.putObject("sources");
        Stream.of(
                        run.stages().stream().flatMap(stage -> stage.sources().stream()),
                        run.overview().parts().stream().map(Part::source),
                        run.layers().stream()
                                .flatMap(layer -> layer.taps().stream())
                                .map(Layer.Tap::source))
                .flatMap(types -> types)
                .distinct()
                .forEach(type -> SourceFile.text(type).ifPresent(text -> sources.put(SourceFile.path(type), text)));
        Map<String, String> parts = Map.of(
                "keywords",
                "",
                "title",
                Page.text("one run of " + run.input().model() + " explained"),
                "description",
                Page.text(description(run)),
                "diagram",
                run.overview().svg());
        return Page.of(ExplanationPage.class, "explain.html", parts, data.toString());
    }

    private static String description(Explanation run) {
        String prompt = run.prompt() == null
                ? run.ids().length + " token ids"
                : "“" + Page.shortened(run.prompt(), DESCRIBED) + "”";
        return "explain: " + prompt + " continued by " + run.steps().size() + " tokens";
    }

    /** The explanation as a JSON object. */
    public static ObjectNode json(Explanation run) {
        return JSON.valueToTree(run);
    }

    private static void number(double value, JsonGenerator json) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(new BigDecimal(value).round(DIGITS).doubleValue());
        } else {
            json.writeString(Double.toString(value)); // JSON has no infinity
        }
    }

    @FunctionalInterface
    private interface Writer<T> {
        void write(T value, JsonGenerator json) throws IOException;
    }

    private static <T> JsonSerializer<T> serializer(Writer<T> writer) {
        return new JsonSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator json, SerializerProvider provider) throws IOException {
                writer.write(value, json);
            }
        };
    }
}
