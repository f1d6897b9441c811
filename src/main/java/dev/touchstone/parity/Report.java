package dev.touchstone.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.parity.choices.ChoiceDifference;
import dev.touchstone.util.Json;
import dev.touchstone.util.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The result of a run of the parity suite, as JSON and as one HTML page that needs no network. */
public final class Report {
    private static final String TEMPLATE = "report.html";
    /** The largest number of fixtures that the title names. */
    private static final int NAMED = 3;

    private final Map<String, ObjectNode> fixtures = new LinkedHashMap<>();
    private final List<TapResult> taps = new ArrayList<>();
    private final List<ChoiceDifference> differences = new ArrayList<>();
    /** A row per case: fixture, prompt, taps, wrong ones, largest ratio, first wrong tap. */
    private final List<List<String>> rows = new ArrayList<>();

    private final Limits limits;
    private final ObjectNode environment = JsonNodeFactory.instance.objectNode();

    /** @param environment the versions and settings of the run, by name */
    public Report(Map<String, String> environment) {
        this(environment, Limits.FLOAT32);
    }

    /**
     * A report of taps that were compared with other limits.
     *
     * @param environment the versions and settings of the run, by name
     */
    public Report(Map<String, String> environment, Limits limits) {
        this.limits = limits;
        new TreeMap<>(environment).forEach(this.environment::put);
    }

    /** Adds one case of a fixture. */
    public void add(Fixture fixture, String name, CaseResult result) {
        add(fixture.name(), fixture, name, result);
    }

    /** Adds one case of a fixture below a heading, for reports in which the names of fixtures are not unique. */
    public void add(String heading, Fixture fixture, String name, CaseResult result) {
        ObjectNode fixtureNode = fixtures.computeIfAbsent(heading, key -> start(heading, fixture));
        ObjectNode caseNode = fixtureNode.withArray("cases").addObject();
        caseNode.put("name", name);
        caseNode.put("passes", result.passes());
        result.firstDivergence().ifPresent(tap -> caseNode.put("first_divergence", tap.name()));
        caseNode.set("clues", Json.tree(result.clues()));
        caseNode.set("absent", Json.tree(result.absent()));
        ArrayNode choices = caseNode.putArray("choices");
        result.choices().forEach(choice -> choices.add(Json.tree(choice)));
        caseNode.set("predictions", Json.tree(result.predictions()));
        ArrayNode list = caseNode.putArray("taps");
        result.taps().forEach(tap -> list.add(json(tap)));
        taps.addAll(result.taps());
        differences.addAll(result.choices());
        rows.add(row(fixture.name(), name, result));
    }

    private static List<String> row(String fixture, String name, CaseResult result) {
        Ratios ratios = Ratios.of(result.taps());
        return List.of(
                fixture,
                name,
                String.valueOf(result.taps().size()),
                String.valueOf(
                        result.taps().stream().filter(tap -> !tap.passes()).count()),
                ratios.largestTap().isEmpty()
                        ? "exempt"
                        : String.format(Locale.ROOT, "%.3f (%s)", ratios.largest(), ratios.largestTap()),
                result.firstDivergence().map(TapResult::name).orElse("none"));
    }

    private static ObjectNode start(String heading, Fixture fixture) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", heading);
        JsonNode provenance = fixture.json("provenance.json");
        node.set("provenance", provenance);
        return node;
    }

    private static ObjectNode json(TapResult tap) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", tap.name());
        node.set("shape", Json.tree(tap.shape()));
        node.put("verdict", tap.verdict());
        node.put("ratio", tap.ratio());
        node.put("exempt", tap.isExempt());
        node.put("left_out", tap.leftOut());
        node.put("by_bound", tap.passesByBound());
        node.put("rms", tap.inherited().rms());
        node.put("pytorch_rms", tap.pytorch().rms());
        node.put("max", tap.inherited().max());
        node.put("pytorch_max", tap.pytorch().max());
        node.put("scale", tap.inherited().scale());
        node.put("local_max", tap.local().max());
        node.put("local_bound", tap.limits().local() * tap.local().scale());
        node.put("over_bound", tap.distribution().overBound());
        node.set("ulps", Json.tree(tap.distribution().histogram()));
        node.set("worst", Json.tree(tap.distribution().worst()));
        return node;
    }

    /** The report as a JSON object. */
    public ObjectNode json() {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.set("environment", environment);
        report.putObject("limits")
                .put("ratio", limits.ratio())
                .put("tokens", TapResult.ENOUGH_TOKENS)
                .put("bound", limits.local());
        report.set("totals", totals());
        report.set("fixtures", JsonNodeFactory.instance.arrayNode().addAll(fixtures.values()));
        return report;
    }

    private ObjectNode totals() {
        ObjectNode totals = JsonNodeFactory.instance.objectNode();
        Ratios ratios = Ratios.of(taps);
        Exemptions exemptions = Exemptions.of(taps);
        totals.put("taps", taps.size());
        totals.put(
                "numbers",
                taps.stream().mapToLong(tap -> tap.inherited().finite()).sum());
        totals.put("failed", taps.stream().filter(tap -> !tap.passes()).count());
        totals.put("geometric_mean", ratios.geometricMean());
        totals.put("largest", ratios.largest());
        totals.put("largest_tap", ratios.largestTap());
        totals.put("exempt", exemptions.taps());
        totals.put("by_bound", exemptions.byBound());
        NearTieCounts nearTies = NearTieCounts.of(taps, differences);
        totals.put("near_ties", nearTies.nearTies());
        totals.put("near_ties_pytorch", nearTies.pytorch());
        totals.put("near_ties_engine", nearTies.engine());
        totals.put("taps_left_out", nearTies.taps());
        return totals;
    }

    /** The report as an HTML page. */
    public String html() {
        ObjectNode json = json();
        JsonNode totals = json.path("totals");
        String description = String.format(
                Locale.ROOT,
                "parity: %,d taps compared, %,d wrong",
                totals.path("taps").asLong(),
                totals.path("failed").asLong());
        String names = String.join(", ", fixtures.keySet());
        Map<String, String> parts = Map.of(
                "keywords",
                Page.text(names),
                "title",
                Page.text("parity of " + (fixtures.size() > NAMED ? fixtures.size() + " fixtures" : names)),
                "description",
                Page.text(description),
                "table",
                Page.table(List.of("fixture", "prompt", "taps", "wrong", "largest ratio", "first wrong"), rows));
        return Page.of(Report.class, TEMPLATE, parts, json.toString());
    }
}
