package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the comparison itself: it must fail for copies of a fixture that are damaged in different ways. */
class NonVacuityTest {
    private static final Fixture ORIGINAL = Fixtures.named("tiny-gpt2");
    private static final String TAP = "h.1.attn.q";

    @TempDir
    Path root;

    private Fixture fixture;
    private Path file;

    /** The content of a golden file, which tests change. */
    private final Map<String, float[]> float32 = new LinkedHashMap<>();

    private final Map<String, double[]> truth = new LinkedHashMap<>();
    private final Map<String, int[]> shapes = new LinkedHashMap<>();
    private final List<String> listed = new ArrayList<>();
    private int[] ids;

    @BeforeEach
    void copyAFixture() throws IOException {
        fixture = new Fixture(root.resolve("tiny-gpt2"));
        file = fixture.folder().resolve("goldens").resolve("text.safetensors");
        Files.createDirectories(file.getParent());
        Files.copy(
                ORIGINAL.folder().resolve("provenance.json"), fixture.folder().resolve("provenance.json"));
        Files.copy(ORIGINAL.torchScript(), fixture.torchScript());
        Path original = ORIGINAL.folder().resolve("goldens").resolve("text.safetensors");
        Files.copy(original, file);
        try (Safetensors tensors = Safetensors.open(original);
                Goldens goldens = new Goldens(original)) {
            ids = tensors.get("input_ids").ints();
            for (String tap : goldens.taps()) {
                listed.add(tap);
                shapes.put(tap, goldens.shape(tap));
                float32.put(tap, goldens.float32(tap).clone());
                truth.put(tap, goldens.float64(tap).clone());
            }
        }
    }

    @Test
    void anUnchangedCopyPasses() {
        write();

        assertThat(check().passes()).isTrue();
        new Report(Map.of()).add(fixture, "text", check());
        assertThat(Fixture.discover(root)).containsExactly(fixture);
    }

    @Test
    void aDeletedTapIsDetected() {
        float32.remove(TAP);
        write();

        refuses("text.safetensors: its list of taps and its tensors differ: [" + TAP + "]");
    }

    @Test
    void aTapWithoutFloat64IsDetected() {
        truth.remove(TAP);
        write();

        refuses("text.safetensors: its list of taps and its tensors differ: [" + TAP + "#f64]");
    }

    @Test
    void aTapThatIsAlsoDeletedFromTheListIsDetected() {
        float32.remove(TAP);
        truth.remove(TAP);
        listed.remove(TAP);
        write();

        refuses("the forward pass reported " + TAP + ", which the reference does not have");
    }

    @Test
    void anAddedTapIsDetected() {
        float32.put("h.1.attn.gate", float32.get(TAP));
        write();

        refuses("its list of taps and its tensors differ: [h.1.attn.gate]");
    }

    @Test
    void aTapThatIsAlsoAddedToTheListIsDetected() {
        float32.put("h.1.attn.gate", float32.get(TAP));
        truth.put("h.1.attn.gate", truth.get(TAP));
        shapes.put("h.1.attn.gate", shapes.get(TAP));
        listed.add("h.1.attn.gate");
        write();

        refuses("the forward pass never reported [h.1.attn.gate]");
    }

    @Test
    void anEmptyListOfTapsIsDetected() {
        listed.clear();
        write();

        refuses("its list of taps and its tensors differ");
    }

    @Test
    void aTapOfZerosFails() {
        Arrays.fill(float32.get(TAP), 0);
        Arrays.fill(truth.get(TAP), 0);
        write();

        fails(TAP, "the golden values are all zero, which proves nothing");
    }

    /** The difference to float64 would be so large that every error were allowed. */
    @Test
    void aFloat32TapOfZerosFails() {
        Arrays.fill(float32.get(TAP), 0);
        write();

        fails(TAP, "the golden values in float32 and float64 are too different, which proves nothing");
    }

    @Test
    void twoSwappedTapsAreDetected() {
        swap("h.0.attn.q", "h.0.attn.k");
        write();

        fails("h.0.attn.q", "on golden input");
        assertThat(check().firstDivergence().orElseThrow().name()).isEqualTo("h.0.attn.q");
    }

    @Test
    void nanInFloat64IsDetected() {
        truth.get(TAP)[7] = Double.NaN;
        write();

        fails(TAP, "error Infinity");
    }

    @Test
    void nanInFloat32IsDetected() {
        float32.get(TAP)[7] = Float.NaN;
        write();

        fails(TAP, "proves nothing");
    }

    @Test
    void aTransposedShapeIsDetected() {
        int[] shape = shapes.get(TAP);
        shapes.put(TAP, new int[] {shape[1], shape[0]});
        write();

        refuses(TAP + " has shape " + Arrays.toString(shape) + ", expected " + Arrays.toString(shapes.get(TAP)));
    }

    @Test
    void otherIdsAreDetected() {
        ids[0]++;
        write();

        fails("wte", "ratio Infinity");
    }

    @Test
    void aFixtureWithoutCasesIsRefused() throws IOException {
        Files.delete(file);

        assertThatThrownBy(fixture::cases)
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("goldens: no case found; the fixture is empty");
    }

    @Test
    void aFixtureWithoutGoldensIsRefused() throws IOException {
        Files.delete(file);
        Files.delete(file.getParent());

        assertThatThrownBy(() -> Fixture.discover(root))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("tiny-gpt2: a fixture without a folder goldens");
    }

    @Test
    void aFolderWithoutFixturesIsRefused() throws IOException {
        Path empty = Files.createDirectory(root.resolve("tiny-gpt2/empty"));

        assertThatThrownBy(() -> Fixture.discover(empty))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("no fixture found");
    }

    @Test
    void aFixtureWithoutProvenanceIsRefused() throws IOException {
        Files.delete(fixture.folder().resolve("provenance.json"));
        CaseResult result = check();

        assertThatThrownBy(() -> new Report(Map.of()).add(fixture, "text", result))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("provenance.json: cannot be read");
    }

    @Test
    void aMissingOracleIsDetected() throws IOException {
        Files.delete(fixture.torchScript());

        assertThatThrownBy(() -> new Oracle(fixture).close())
                .hasMessageContaining("model.pt: the live oracle did not load");
    }

    @Test
    void aDamagedOracleIsDetected() throws IOException {
        byte[] script = Files.readAllBytes(fixture.torchScript());
        Files.write(fixture.torchScript(), Arrays.copyOf(script, script.length / 2));

        assertThatThrownBy(() -> new Oracle(fixture).close())
                .hasMessageContaining("model.pt: the live oracle did not load");
    }

    @Test
    void anOracleWithOtherTapsIsDetected() throws IOException {
        float32.remove(TAP);
        truth.remove(TAP);
        listed.remove(TAP);
        write();

        try (Oracle oracle = new Oracle(fixture)) {
            assertThatThrownBy(() -> oracle.run(new int[] {1, 2}))
                    .hasMessageContaining("the oracle gave 74 tensors for 36 taps");
        }
    }

    private void swap(String one, String other) {
        float32.put(one, float32.put(other, float32.get(one)));
        truth.put(one, truth.put(other, truth.get(one)));
    }

    private void write() {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("taps", json(listed));
        writer.add("input_ids", ids, ids.length);
        float32.forEach((tap, data) ->
                writer.add(tap, Tensor.of(data, shapes.getOrDefault(tap, new int[] {data.length}))));
        truth.forEach((tap, data) -> writer.add(tap + "#f64", data, shapes.get(tap)));
        writer.write(file);
    }

    private static String json(List<String> names) {
        try {
            return new ObjectMapper().writeValueAsString(names);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compares the golden file as the test suite does. */
    private CaseResult check() {
        try (Goldens goldens = new Goldens(file)) {
            return Parity.check(Fixtures.model(ORIGINAL).transformer(), new ScalarKernels(), goldens);
        }
    }

    private void refuses(String message) {
        assertThatThrownBy(this::check).isInstanceOf(TouchstoneException.class).hasMessageContaining(message);
    }

    private void fails(String tap, String message) {
        CaseResult result = check();

        assertThat(result.passes()).isFalse();
        assertThat(result.taps())
                .filteredOn(one -> !one.passes())
                .anySatisfy(
                        one -> assertThat(one.describe()).startsWith(tap + " ").contains(message));
    }
}
