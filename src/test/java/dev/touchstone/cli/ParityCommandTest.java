package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.NearTieFixture;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParityCommandTest {
    private static final Path FIXTURE = Fixtures.named("tiny-gpt2").folder();
    private static final Path GOLDEN = FIXTURE.resolve("goldens").resolve("text.safetensors");

    @TempDir
    private Path folder;

    @Test
    void printsTheErrorOfEveryTap() throws IOException {
        Path html = folder.resolve("report.html");
        Path json = folder.resolve("report.json");

        Cli result = Cli.run("parity", FIXTURE.toString(), "--html", html.toString(), "--json", json.toString());

        assertThat(result.exit()).isZero();
        assertThat(result.out())
                .contains(
                        "tiny-gpt2 text",
                        "h.1.attn.scores",
                        "logits",
                        " 0 wrong;",
                        "the same most likely token at 14 of 14 positions",
                        "    expected  ")
                .doesNotContain("first wrong");
        assertThat(Files.readString(html))
                .contains("<title>Touchstone: parity of tiny-gpt2</title>", "\"h.1.attn.scores\"");
        assertThat(Files.readString(json)).contains("\"geometric_mean\"");
    }

    @Test
    void printsChoicesOfExpertsThatAreNearTies() throws IOException {
        Fixture fixture = NearTieFixture.write(folder.resolve("near-ties"));

        Cli result = Cli.run("parity", fixture.folder().toString());

        assertThat(result.exit()).as(result.out()).isZero();
        assertThat(result.out())
                .containsPattern("  layer 0, token \\d+: experts \\d\\+3 in float64, \\d\\+3 in PyTorch's float32")
                .contains("a near tie: the scores differ by ")
                .containsPattern("layers.0.mlp.gate.weights .*; after a near tie, without \\d+ token")
                .containsPattern(
                        "\\d+ near ties? of experts: PyTorch's float32 chooses others than float64 in \\d+, the engine in");
    }

    /** A fixture may hold its model as a GGUF file. */
    @Test
    void comparesTheTapsOfGgufFiles() throws IOException {
        Path goldens = Files.createDirectory(folder.resolve("goldens"));
        Files.copy(Fixtures.gguf("gpt2"), folder.resolve("gpt2.gguf"));
        Files.copy(Fixtures.root().resolve("gguf-gpt2.safetensors"), goldens.resolve("ids.safetensors"));
        Files.writeString(folder.resolve("provenance.json"), "{}");

        Cli result = Cli.run("parity", "--quiet", folder.toString());

        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out()).contains("37 taps compared, 0 wrong;");
    }

    @Test
    void printsNoLargestRatioIfAllTapsAreExempt() {
        Cli result =
                Cli.run("parity", "--quiet", Fixtures.named("exercise").folder().toString());

        assertThat(result.exit()).isZero();
        assertThat(result.out()).contains(" 0 wrong;", "geometric mean ").doesNotContain("largest 0", "largest 1");
    }

    @Test
    void printsHowManyTapsAreExemptAndTheirBound() {
        Cli exercise = Cli.run("parity", Fixtures.named("exercise").folder().toString());
        Cli storyteller = Cli.run(
                "parity", "--quiet", Fixtures.named("storyteller").folder().toString());

        long marked = exercise.out()
                .lines()
                .filter(line -> line.endsWith("; few tokens, passes by the bound on the largest error"))
                .peek(line -> assertThat(Double.parseDouble(line.strip().split(" +")[1]))
                        .as(line)
                        .isGreaterThan(2))
                .count();
        assertThat(marked).isPositive();
        assertThat(exercise.out())
                .containsPattern("\n\\d+ taps are exempt from the ratio limit of 2 \\(fewer than 8 tokens\\); " + marked
                        + " pass above it, as no error is above 7\\.6e-06 of the largest value\n");
        assertThat(storyteller.out()).contains(" 0 wrong;").doesNotContain("exempt");
    }

    @Test
    void acceptsACorrectTraceOfAnotherEngine() {
        Path trace = trace("none", 1);

        Cli result = Cli.run("parity", "--quiet", "--ours", trace.toString(), FIXTURE.toString());

        assertThat(result.exit()).isZero();
    }

    @Test
    void namesTheFirstWrongTapOfATrace() {
        Path trace = trace("h.1.attn.scores", 1.5f);

        Cli result = Cli.run("parity", "--quiet", "--ours", trace.toString(), FIXTURE.toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out()).contains("first wrong at h.1.attn.scores", "1.5000 times the expected values");
    }

    /** Taps after a wrong one are wrong too, so each operation is also run on the inputs in the trace. */
    @Test
    void separatesWrongOperationsFromInheritedErrors() {
        Path wrong = folder.resolve("wrong.safetensors");
        LoadedModel model = Fixtures.model(Fixtures.named("tiny-gpt2"));
        try (Goldens goldens = new Goldens(GOLDEN)) {
            int[] ids = goldens.ids();
            SafetensorsWriter writer = new SafetensorsWriter().add("input_ids", ids, ids.length);
            model.transformer().forward(ids, new ScalarKernels(), new Trace() {
                @Override
                public void see(String name, Tensor value) {
                    of(name, value);
                }

                @Override
                public Tensor of(String name, Tensor value) {
                    if (name.equals("h.0.ln_2") || name.equals("h.1.mlp.act")) {
                        value.data()[5] += 1;
                    }
                    writer.add(name, value);
                    return value;
                }
            });
            writer.write(wrong);
        }

        Cli result = Cli.run("parity", "--ours", wrong.toString(), FIXTURE.toString());

        assertThat(result.out())
                .contains("first wrong at h.0.ln_2")
                .contains("wrong by themselves too: h.1.mlp.act\n")
                .containsPattern("inherited .* h\\.0\\.mlp\\.c_fc ")
                .containsPattern("wrong .* h\\.1\\.mlp\\.act ");
    }

    @Test
    void comparesTheTapsOfAPartialTrace() {
        Path right = partial(1, "h.0.ln_1", "logits");
        Path wrong = partial(1.5f, "h.0.ln_1", "h.1.attn.scores", "logits");

        Cli passes = Cli.run("parity", "--quiet", "--partial", "--ours", right.toString(), FIXTURE.toString());
        Cli fails = Cli.run("parity", "--quiet", "--partial", "--ours", wrong.toString(), FIXTURE.toString());

        assertThat(passes.exit()).as(passes.out()).isZero();
        assertThat(passes.out()).contains("2 taps compared, 0 wrong;", "35 taps are absent from " + right);
        assertThat(fails.exit()).isEqualTo(1);
        assertThat(fails.out())
                .contains(
                        "first wrong at h.1.attn.scores\n",
                        "  1.5000 times the expected values: ",
                        "  the trace does not have h.0.attn.c_attn to h.1.attn.v, so the mistake may also be there instead of at"
                                + " h.1.attn.scores\n");
    }

    @Test
    void refusesATraceThatLacksTaps() {
        Path trace = partial(1, "logits");

        Cli result = Cli.run("parity", "--quiet", "--ours", trace.toString(), FIXTURE.toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("wte");
    }

    @Test
    void refusesATraceWithoutAnyTap() {
        Path trace = partial(1);

        Cli result = Cli.run("parity", "--quiet", "--partial", "--ours", trace.toString(), FIXTURE.toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("has none of the taps [wte, ");
    }

    @Test
    void refusesPartialWithoutATrace() {
        Cli result = Cli.run("parity", "--partial", FIXTURE.toString());

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).contains("--partial needs --ours TRACE");
    }

    /** PyTorch's own taps in these types, which were not used to measure the limits of float32. */
    @ParameterizedTest
    @CsvSource({"tiny-gpt2, bf16", "tiny-gpt2, fp16", "tiny-llama, bf16", "tiny-llama, fp16"})
    void judgesAnEngineThatRoundsByWhatPyTorchReachesInItsType(String name, String type) {
        Path fixture = Fixtures.named(name).folder();
        String trace = fixture.resolve("types").resolve(type + ".safetensors").toString();

        Cli own = Cli.run("parity", "--quiet", "--ours", trace, "--partial", "--tolerance", type, fixture.toString());
        Cli float32 = Cli.run("parity", "--quiet", "--ours", trace, "--partial", fixture.toString());

        assertThat(own.exit()).as(own.out()).isZero();
        assertThat(own.out()).contains(" 0 wrong;").doesNotContain("ratio limit of 2 ");
        assertThat(float32.exit()).isEqualTo(1);
    }

    @Test
    void findsABugWithAnyTolerance() throws IOException {
        Path trace = trace("h.1.attn.scores", 1.5f);
        Path limits = Files.writeString(folder.resolve("limits.json"), "{\"ratio\": 3, \"local\": 0.01}");

        for (String tolerance : List.of("pytorch", "bf16", "fp16", "int8", limits.toString())) {
            Cli result = Cli.run(
                    "parity", "--quiet", "--ours", trace.toString(), "--tolerance", tolerance, FIXTURE.toString());

            assertThat(result.exit()).as(tolerance).isEqualTo(1);
            assertThat(result.out()).contains("first wrong at h.1.attn.scores");
        }
    }

    @Test
    void refusesAToleranceThatItDoesNotHave() throws IOException {
        String trace = trace("none", 1).toString();
        Path limits = Files.writeString(folder.resolve("limits.json"), "{\"ratio\": 3}");

        Cli unknown = Cli.run("parity", "--ours", trace, "--tolerance", "bf17", FIXTURE.toString());
        Cli incomplete = Cli.run("parity", "--ours", trace, "--tolerance", limits.toString(), FIXTURE.toString());
        Cli alone = Cli.run("parity", "--tolerance", "bf16", FIXTURE.toString());

        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).contains("no limits are called bf17; there are bf16, fp16, int8, or a JSON file");
        assertThat(incomplete.exit()).isEqualTo(2);
        assertThat(incomplete.err()).contains("local");
        assertThat(alone.exit()).isEqualTo(2);
        assertThat(alone.err()).contains("--tolerance needs --ours TRACE");
    }

    @Test
    void comparesTwoRunsOfAnEngine() throws IOException {
        Path right = report("right.json", 1);
        Path wrong = report("wrong.json", 1.5f);
        Path other = Files.writeString(folder.resolve("other.json"), "{\"fixtures\": []}");

        Cli equal = Cli.run("parity", "--diff", right.toString(), right.toString());
        Cli worse = Cli.run("parity", "--diff", right.toString(), wrong.toString());
        Cli better = Cli.run("parity", "--quiet", "--diff", wrong.toString(), right.toString());
        Cli empty = Cli.run("parity", "--diff", right.toString(), other.toString());

        assertThat(equal.exit()).isZero();
        assertThat(equal.out())
                .isEqualTo("37 taps in both: 37 with equal errors, 0 smaller, 0 larger; 0 that passed now fail\n");
        assertThat(worse.exit()).isEqualTo(1);
        assertThat(worse.out())
                .containsPattern("\n  right      wrong      .*  tiny-gpt2 text h\\.1\\.attn\\.scores\n")
                .endsWith("37 taps in both: 36 with equal errors, 0 smaller, 1 larger; 2 that passed now fail\n");
        assertThat(better.exit()).isZero();
        assertThat(better.out())
                .isEqualTo("37 taps in both: 36 with equal errors, 1 smaller, 0 larger; 0 that passed now fail\n");
        assertThat(empty.exit()).isEqualTo(1);
        assertThat(empty.err()).contains("the file has no fixtures with taps");
    }

    @Test
    void refusesFixturesTogetherWithADifference() {
        Cli both = Cli.run("parity", "--diff", "a.json", "b.json", FIXTURE.toString());
        Cli neither = Cli.run("parity");

        assertThat(both.exit()).isEqualTo(2);
        assertThat(neither.exit()).isEqualTo(2);
        assertThat(neither.err()).contains("give the folders of fixtures, or --diff with two reports");
    }

    private Path report(String name, float factor) {
        Path file = folder.resolve(name);
        String trace = trace("h.1.attn.scores", factor).toString();
        Cli.run("parity", "--quiet", "--ours", trace, "--json", file.toString(), FIXTURE.toString());
        return file;
    }

    /** A trace with these taps, with {@code factor} in the scores of the last layer. */
    private Path partial(float factor, String... taps) {
        Path file = folder.resolve(taps.length + ".safetensors");
        try (Safetensors whole = Safetensors.open(trace("h.1.attn.scores", factor))) {
            int[] ids = whole.get("input_ids").ints();
            SafetensorsWriter writer = new SafetensorsWriter().add("input_ids", ids, ids.length);
            for (String tap : taps) {
                writer.add(tap, whole.get(tap).floats());
            }
            writer.write(file);
        }
        return file;
    }

    @Test
    void refusesAFolderWithoutGoldens() {
        Cli result = Cli.run("parity", folder.toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("is not a fixture: it has no folder goldens");
    }

    /** PyTorch's own float32 tensors, one of them multiplied. */
    private Path trace(String wrong, float factor) {
        Path file = folder.resolve("trace.safetensors");
        try (Goldens goldens = new Goldens(GOLDEN);
                Safetensors golden = Safetensors.open(GOLDEN)) {
            SafetensorsWriter writer = new SafetensorsWriter().add("input_ids", goldens.ids(), goldens.ids().length);
            for (String tap : goldens.taps()) {
                Tensor tensor = golden.get(tap).floats();
                for (int i = 0; i < tensor.size() && tap.equals(wrong); i++) {
                    tensor.data()[i] *= factor;
                }
                writer.add(tap, tensor);
            }
            writer.write(file);
        }
        return file;
    }
}
