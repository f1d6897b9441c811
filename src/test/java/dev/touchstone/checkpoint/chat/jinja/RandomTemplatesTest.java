package dev.touchstone.checkpoint.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.chat.TemplateCount;
import dev.touchstone.util.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What transformers makes of templates that were sampled from a grammar, character by character. */
class RandomTemplatesTest {
    @TestFactory
    Stream<DynamicTest> everyTemplateWritesWhatTransformersWrites() throws IOException {
        Path file = Path.of(System.getProperty("touchstone.basedir", "."), "fixtures", "templates.json");
        JsonNode entries = new ObjectMapper().readTree(file.toFile());
        assertThat(entries.size()).isGreaterThan(700);
        @SuppressWarnings("unchecked")
        Map<String, Object> variables =
                (Map<String, Object>) Json.plain(entries.get(0).required("variables"));

        return StreamSupport.stream(entries.spliterator(), false)
                .skip(1)
                .map(entry ->
                        DynamicTest.dynamicTest(entry.required("template").textValue(), () -> check(entry, variables)));
    }

    private static void check(JsonNode entry, Map<String, Object> variables) {
        String source = entry.required("template").textValue();
        if (entry.has("error")) {
            assertThatThrownBy(() -> Template.parse(source).render(variables, Clock.systemDefaultZone()))
                    .as(entry.get("error").textValue())
                    .isInstanceOf(TemplateException.class);
            TemplateCount.error();
        } else {
            assertThat(Template.parse(source).render(variables, Clock.systemDefaultZone()))
                    .isEqualTo(entry.required("text").textValue());
            TemplateCount.text();
        }
    }
}
