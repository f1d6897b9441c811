package dev.touchstone.explain.diagram;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.explain.diagram.Flow.Box;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.ModelSummary;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The overview of each family: its numbers, and a diagram in which no box covers another. */
class OverviewTest {
    static List<Fixture> fixtures() {
        return Fixtures.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyTapOfTheStemTheFirstBlockAndTheOutputHasAPart(Fixture fixture) {
        TapMap map = TapMap.of(Fixtures.model(fixture).transformer());

        Overview overview = overview(map);

        List<String> named = new ArrayList<>();
        overview.parts().forEach(part -> {
            named.add(part.tap());
            named.addAll(part.aliases());
        });
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(map.taps().stream()
                        .filter(tap -> tap.block() <= 0)
                        .map(Tap::name)
                        .toList());
    }

    /** The parameters of all blocks, which may differ, and of the parts outside of them are those of the model. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void theParametersOfThePartsAreThoseOfTheModel(Fixture fixture) {
        TapMap map = TapMap.of(Fixtures.model(fixture).transformer());
        Map<String, Long> layers = new HashMap<>();
        ModelSummary.of(map.model()).rows().forEach(row -> layers.putIfAbsent(row.name(), row.parameters()));
        String first = map.blocks().get(0).name();

        Overview overview = overview(map);

        long blocks = map.blocks().stream()
                .mapToLong(block -> layers.get(block.name()))
                .sum();
        long inFirst = overview.parts().stream()
                .filter(part -> part.block() && !part.tap().equals(first))
                .mapToLong(Part::parameters)
                .sum();
        long outside = overview.parts().stream()
                .filter(part -> !part.block())
                .mapToLong(Part::parameters)
                .sum();
        assertThat(inFirst).isEqualTo(layers.get(first));
        assertThat(outside + blocks).isEqualTo(overview.parameters());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void boxesDoNotOverlapAndAreBelowTheirInputs(Fixture fixture) {
        TapMap map = TapMap.of(Fixtures.model(fixture).transformer());

        Flow flow = new Flow(map.taps().stream().filter(tap -> tap.block() == 0).toList());

        for (Box box : flow.boxes()) {
            assertThat(box.left()).isLessThan(box.right());
            for (String input : box.inputs()) {
                assertThat(flow.box(input).level()).isLessThan(box.level());
            }
            for (Box other : flow.boxes()) {
                boolean beside = box.right() <= other.left() + 1e-9 || other.right() <= box.left() + 1e-9;
                assertThat(box == other || box.level() != other.level() || beside)
                        .as(box.tap().name() + " and " + other.tap().name())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theDiagramLinksEveryPartAndEveryLayer(Fixture fixture) throws Exception {
        TapMap map = TapMap.of(Fixtures.model(fixture).transformer());

        Overview overview = overview(map);

        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(overview.svg())));
        NodeList links = svg.getElementsByTagName("a");
        List<String> parts = new ArrayList<>();
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < links.getLength(); i++) {
            Element link = (Element) links.item(i);
            String target = link.getAttribute("href").substring(1);
            (link.getAttribute("class").equals("layer") ? layers : parts).add(target);
            assertThat(link.getAttribute("aria-label")).isNotBlank();
        }
        assertThat(parts)
                .containsExactlyElementsOf(
                        overview.parts().stream().map(Part::tap).toList());
        assertThat(layers)
                .containsExactlyElementsOf(
                        map.blocks().stream().map(block -> block.name()).toList());
    }

    /** GPT-2's numbers can be computed by hand: 3 C² + 3 C of c_attn, 4 C² + 4 C of c_fc. */
    @Test
    void theNumbersOfGpt2AreThoseOfTheFormulas() {
        Transformer model = Fixtures.model(Fixtures.named("tiny-gpt2")).transformer();
        long channels = model.shape().channels();

        Map<String, Part> parts =
                overview(TapMap.of(model)).parts().stream().collect(Collectors.toMap(Part::tap, part -> part));

        assertThat(parts.get("h.0.attn.c_attn").parameters()).isEqualTo(3 * channels * channels + 3 * channels);
        assertThat(parts.get("h.0.ln_1").parameters()).isEqualTo(2 * channels);
        assertThat(parts.get("h.0.attn.c_proj").aliases()).containsExactly("h.0.attn");
        assertThat(parts.get("h.0.attn.scores").shape())
                .containsExactly(model.shape().heads(), 5, 5);
        assertThat(parts.get("h.0.attn.scores").inputs()).containsExactly("h.0.attn.q", "h.0.attn.k");
        assertThat(parts.get("logits").weights())
                .containsExactly("(" + channels + ", " + model.shape().vocabulary() + ") tied");
        assertThat(parts.get("logits").parameters()).isZero();
    }

    private static Overview overview(TapMap map) {
        Map<String, Tensor> taps = new LinkedHashMap<>();
        map.model().forward(new int[] {1, 2, 3, 4, 5}, new ScalarKernels(), taps::put);
        return Overview.of(map, tap -> taps.get(tap).shape());
    }
}
