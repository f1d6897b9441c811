package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.support.Fixtures;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Fixture FIXTURE = Fixtures.named("tiny-gpt2");
    private static final Predictions NONE = new Predictions(0, 0, 0, List.of(), List.of());

    @Test
    void containsTheTotalsAndFailures() {
        JsonNode report = report().json();

        assertThat(report.at("/totals/taps").asInt()).isEqualTo(2);
        assertThat(report.at("/totals/numbers").asInt()).isEqualTo(20);
        assertThat(report.at("/totals/failed").asInt()).isEqualTo(1);
        assertThat(report.at("/totals/exempt").asInt()).isZero();
        assertThat(report.at("/limits/ratio").asDouble()).isEqualTo(2);
        assertThat(report.at("/limits/tokens").asInt()).isEqualTo(8);
        assertThat(report.at("/limits/bound").asDouble()).isEqualTo(128 * Math.pow(2, -24));
        assertThat(report.at("/fixtures/0/name").asText()).isEqualTo("tiny-gpt2");
        assertThat(report.at("/fixtures/0/provenance/seed").asInt()).isEqualTo(1);
        assertThat(report.at("/fixtures/0/cases/0/passes").asBoolean()).isFalse();
        assertThat(report.at("/fixtures/0/cases/0/first_divergence").asText()).isEqualTo("wpe");
        assertThat(report.at("/fixtures/0/cases/0/clues/0").asText()).isEqualTo("</script> is no clue");
        assertThat(report.at("/environment/Java").asText()).isEqualTo("17");
    }

    /** JSON has no infinity, so the report writes it as a string. */
    @Test
    void infinityIsAString() throws IOException {
        JsonNode read = new ObjectMapper().readTree(report().json().toString());

        assertThat(read.at("/fixtures/0/cases/0/taps/1/ratio").asText()).isEqualTo("Infinity");
    }

    @Test
    void thePageContainsTheDataAndEscapesEndTags() {
        String page = report().html();

        assertThat(page).contains("\"first_divergence\":\"wpe\"").doesNotContain("/*DATA*/null");
        assertThat(page.split("</script>", -1)).hasSize(2);
        assertThat(page).doesNotContain("src=\"http", "href=\"http");
    }

    /** Readers without JavaScript see a row per prompt. */
    @Test
    void thePageHasATableThatNeedsNoScript() {
        assertThat(report().html())
                .contains("<title>Touchstone: parity of tiny-gpt2</title>")
                .contains("content=\"parity: 2 taps compared, 1 wrong\"")
                .contains("<td>tiny-gpt2</td><td>one</td><td>2</td><td>1</td><td>Infinity (wpe)</td><td>wpe</td>");
    }

    @Test
    void theTitleCountsFixturesIfThereAreMany() {
        Report report = report();
        CaseResult result = new CaseResult(List.of(Given.tap("wte", 1, 1)), List.of(), NONE, List.of(), List.of());
        for (String heading : List.of("a", "b", "c")) {
            report.add(heading, FIXTURE, "one", result);
        }

        assertThat(report.html())
                .contains("<title>Touchstone: parity of 4 fixtures</title>")
                .contains("<meta name=\"keywords\" content=\"tiny-gpt2, a, b, c\">");
    }

    private static Report report() {
        Report report = new Report(Map.of("Java", "17"));
        List<TapResult> taps = List.of(Given.tap("wte", 1, 1), Given.tap("wpe", 1, 0));
        report.add(FIXTURE, "one", new CaseResult(taps, List.of("</script> is no clue"), NONE, List.of(), List.of()));
        return report;
    }
}
