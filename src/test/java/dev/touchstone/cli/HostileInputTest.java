package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invalid input leads to one line with the reason, exit code 1, and nothing on standard output. */
class HostileInputTest {
    @TempDir
    private Path folder;

    private Path weights;

    @BeforeEach
    void writeModel() {
        TinyModel.write(folder);
        weights = folder.resolve("model.safetensors");
    }

    @Test
    void missingFolder() {
        assertFails(Cli.run("generate", "--model", folder + "/nowhere", "--prompt", "a"), "nowhere");
    }

    @Test
    void emptyFolder(@TempDir Path empty) {
        assertFails(Cli.run("generate", "--model", "" + empty, "--prompt", "a"), "config.json");
    }

    @Test
    void fileInPlaceOfAFolder() {
        assertFails(Cli.run("generate", "--model", "" + weights, "--prompt", "a"), "model.safetensors", "folder");
    }

    @Test
    void missingWeights() throws IOException {
        Files.delete(weights);

        assertFails(generate(), "model.safetensors");
    }

    @Test
    void emptyWeights() throws IOException {
        Files.write(weights, new byte[0]);

        assertFails(generate(), "model.safetensors");
    }

    @Test
    void truncatedWeights() throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        for (int length : new int[] {1, 7, 8, 9, 100, whole.length / 2, whole.length - 1}) {
            Files.write(weights, Arrays.copyOf(whole, length));

            assertFails(generate(), "model.safetensors");
        }
    }

    @Test
    void weightsWithTrailingBytes() throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, whole.length + 3));

        assertFails(generate(), "model.safetensors");
    }

    @Test
    void aFlippedBitInTheHeaderIsDetectedOrHarmless() throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        for (int i = 0; i < 8 + header; i += 37) {
            byte[] damaged = whole.clone();
            damaged[i] = (byte) (damaged[i] ^ (1 << i % 8));
            Files.write(weights, damaged);

            Cli cli = generate();

            assertThat(cli.exit()).as("byte %d: %s", i, cli.err()).isIn(0, 1);
            assertThat(cli.err()).doesNotContain("bug");
        }
    }

    @Test
    void headerLengthOfTwoToThe62() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
            file.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(1L << 62)
                    .array());
        }

        assertFails(generate(), "model.safetensors", "4611686018427387904");
    }

    @Test
    void overlappingOffsets() throws IOException {
        changeHeader(header -> offsets(header, "transformer.ln_f.bias", 0, 48));

        assertFails(generate(), "model.safetensors");
    }

    @Test
    void offsetsOutOfRange() throws IOException {
        changeHeader(header -> offsets(header, "transformer.ln_f.bias", 1L << 40, (1L << 40) + 48));

        assertFails(generate(), "model.safetensors");
    }

    @Test
    void unknownElementType() throws IOException {
        changeHeader(header -> ((ObjectNode) header.get("transformer.ln_f.bias")).put("dtype", "Q7"));

        assertFails(generate(), "Q7");
    }

    @Test
    void integersForWeights() throws IOException {
        changeHeader(header -> ((ObjectNode) header.get("transformer.ln_f.bias")).put("dtype", "I32"));

        assertFails(generate(), "ln_f.bias", "I32");
    }

    @Test
    void wrongShape() throws IOException {
        changeHeader(header -> ((ObjectNode) header.get("transformer.h.0.attn.c_attn.weight"))
                .putArray("shape")
                .add(36)
                .add(12));

        assertFails(generate(), "h.0.attn.c_attn.weight", "[36, 12]", "[12, 36]");
    }

    @Test
    void missingTensor() {
        new SafetensorsWriter().add("wte.weight", Tensor.zeros(260, 12)).write(weights);

        assertFails(generate(), "wpe.weight");
    }

    @Test
    void notANumberAmongTheWeights() throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putFloat(whole.length - 4, Float.NaN);
        Files.write(weights, whole);

        assertFails(generate(), "ln_f.bias", "NaN");
    }

    @Test
    void unknownArchitecture() throws IOException {
        changeConfig("model_type", "bert");
        assertFails(generate(), "bert", "gpt2");

        changeConfig("model_type", "mamba");
        assertFails(generate(), "mamba", "linear attention");
    }

    @Test
    void sizesThatDoNotFit() throws IOException {
        changeConfig("n_head", 5);

        assertFails(generate(), "n_head");
    }

    @Test
    void malformedJson() throws IOException {
        for (String file : new String[] {"config.json", "generation_config.json", "vocab.json"}) {
            String good = Files.readString(folder.resolve(file));
            for (String bad : new String[] {"", "{", "[]", "null", good + "}", "\u0000"}) {
                Files.writeString(folder.resolve(file), bad);

                assertFails(generate(), file);
            }
            Files.writeString(folder.resolve(file), good);
        }
    }

    @Test
    void missingTokenizer() throws IOException {
        Files.delete(folder.resolve("vocab.json"));
        Files.delete(folder.resolve("merges.txt"));

        assertFails(generate(), "tokenizer.json");
    }

    @Test
    void unreadableFolder() {
        // Root can read every folder, so the test uses a path that is not a folder.
        assertFails(
                Cli.run("generate", "--model", folder.resolve("config.json") + "/inside", "--prompt", "a"), "inside");
    }

    @Test
    void tokenIdOutOfRange() {
        assertFails(generate("--prompt-ids", "3,260"), "260", "0 to 259");
        assertFails(generate("--prompt-ids", "-1"), "-1", "expected 0 or more");
    }

    @Test
    void emptyPrompt() {
        assertFails(generate("--prompt", ""), "prompt is empty");
        assertFails(generate("--prompt-ids", ""), "prompt is empty");
        assertFails(Cli.withInput("\n", "generate", "--model", "" + folder, "--prompt", "-"), "prompt is empty");
    }

    @Test
    void promptLongerThanTheContext() {
        assertFails(generate("--prompt", "x".repeat(25)), "prompt has 25 tokens", "24 positions", "(--window slide)");
    }

    @Test
    void moreTokensThanTheContextHolds() {
        assertFails(generate("--prompt", "abcd", "--max-new-tokens", "22"), "(--max-new-tokens 21 or --window slide)");
    }

    @Test
    void inputThatIsNotUtf8() {
        Cli cli = Cli.withBytes(new byte[] {'a', (byte) 0xFF}, "generate", "--model", "" + folder, "--prompt", "-");

        assertFails(cli, "not UTF-8");
    }

    @Test
    void aTraceThatCannotBeWritten() {
        assertFails(
                Cli.run("trace", "--model", "" + folder, "--prompt", "a", "--out", folder + "/nowhere/taps"),
                "nowhere");
    }

    private Cli generate() {
        return generate("--prompt", "a");
    }

    private Cli generate(String... prompt) {
        String[] args = Arrays.copyOf(new String[] {"generate", "--model", "" + folder}, 3 + prompt.length);
        System.arraycopy(prompt, 0, args, 3, prompt.length);
        return Cli.run(args);
    }

    private static void assertFails(Cli cli, String... message) {
        assertThat(cli.exit()).as(cli.err()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).startsWith("touchstone: ").contains(message).doesNotContain("bug");
        assertThat(cli.err().lines()).hasSize(1);
    }

    private void changeConfig(String field, Object value) throws IOException {
        Map<String, Object> config = TinyModel.config();
        config.put(field, value);
        new ObjectMapper().writeValue(folder.resolve("config.json").toFile(), config);
    }

    private void changeHeader(Consumer<ObjectNode> change) throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        ObjectNode header = (ObjectNode) new ObjectMapper().readTree(whole, 8, length);
        change.accept(header);
        byte[] changed = header.toString().getBytes(UTF_8);
        Files.write(
                weights,
                ByteBuffer.allocate(8 + changed.length + whole.length - 8 - length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(changed.length)
                        .put(changed)
                        .put(whole, 8 + length, whole.length - 8 - length)
                        .array());
    }

    private static void offsets(ObjectNode header, String tensor, long begin, long end) {
        ((ObjectNode) header.get(tensor)).putArray("data_offsets").add(begin).add(end);
    }
}
