package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.support.Fixtures;
import dev.touchstone.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    private static final String GGUF =
            Fixtures.root().resolve("gguf-llama.gguf").toString();

    @Test
    void printsMetadataAndTensorsOfAGgufFile() {
        Cli cli = Cli.run("inspect", GGUF);

        assertThat(cli.exit()).isZero();
        assertThat(cli.out())
                .contains("general.architecture = \"llama\"")
                .contains("llama.attention.head_count = 6")
                .containsPattern("blk\\.0\\.attn_q\\.weight +Q4_0 +\\(96, 96\\) +5,184")
                .containsPattern(
                        "GGUF version 3, 30 tensors, [\\d,]+ elements, [\\d,]+ bytes, \\d+\\.\\d\\d bits an element");
    }

    @Test
    void printsLongArraysInPart() {
        Cli cli = Cli.run(
                "inspect", Fixtures.root().resolve("gguf-sentencepiece.gguf").toString());

        assertThat(cli.out()).contains("tokenizer.ggml.tokens = [\"<unk>\",\"<s>\",\"</s>\", ...] (759 elements)");
    }

    @Test
    void jsonHasEverything() {
        JsonNode json = Json.value("output", Cli.run("inspect", "--json", GGUF).out());

        assertThat(json.get("format").textValue()).isEqualTo("GGUF version 3");
        assertThat(json.get("metadata").get("llama.rope.freq_base").floatValue())
                .isEqualTo(50);
        assertThat(json.get("tensors")).hasSize(30);
        assertThat(json.get("tensors").get(0).get("shape").toString()).isEqualTo("[41,96]");
    }

    @Test
    void printsTensorsOfASafetensorsFile() {
        Cli cli = Cli.run(
                "inspect",
                Fixtures.root().resolve("tiny-llama/model.safetensors").toString());

        assertThat(cli.out()).contains("format = \"pt\"").containsPattern("model\\.norm\\.weight +BF16 +\\(30\\) +60");
    }

    @Test
    void otherFilesAreRefused(@TempDir Path folder) {
        assertThat(Cli.run("inspect", folder.toString()).err())
                .contains("is a folder, expected a GGUF or safetensors file");
        assertThat(Cli.run("inspect", folder.resolve("x.bin").toString()).err())
                .contains("expected a file whose name ends in .gguf or .safetensors");
        assertThat(Cli.run("inspect", folder.resolve("x.gguf").toString()).exit())
                .isEqualTo(1);
    }

    @Test
    void aDequantizedFolderGivesTheSameBits(@TempDir Path folder) throws IOException {
        Path model = folder.resolve("model");
        Cli written = Cli.run("dequantize", GGUF, model.toString());

        assertThat(written.exit()).isZero();
        assertThat(written.err()).contains("wrote 30 tensors to " + model);
        assertThat(taps(model.toString(), folder.resolve("a.safetensors")))
                .isEqualTo(taps(GGUF, folder.resolve("b.safetensors")));
        assertThat(Cli.run("dequantize", GGUF, model.toString()).err()).contains("is not empty; expected a new folder");
    }

    /** The tokenizer is read from the file, which here has no model. */
    @Test
    void tokenizeReadsGgufFiles() {
        String file = Fixtures.root().resolve("gguf-byte-level.gguf").toString();
        Cli cli = Cli.run("tokenize", "--model", file, "The king's daughter");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err())
                .contains("gguf-byte-level.gguf holds no matrix token_embd.weight; it is no language model");
    }

    private static byte[] taps(String model, Path file) throws IOException {
        Cli cli = Cli.run("trace", "--model", model, "--prompt-ids", "7,40,3", "--out", file.toString());

        assertThat(cli.exit()).as(cli.err()).isZero();
        return Files.readAllBytes(file);
    }
}
