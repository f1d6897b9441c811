package dev.touchstone.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.gguf.Gguf;
import dev.touchstone.checkpoint.gguf.GgufBytes;
import dev.touchstone.checkpoint.gguf.GgufTensor;
import dev.touchstone.checkpoint.gguf.GgufType;
import dev.touchstone.checkpoint.safetensors.DType;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import dev.touchstone.fuzz.Bytes;
import dev.touchstone.fuzz.Folders;
import dev.touchstone.fuzz.JsonTrees;
import dev.touchstone.fuzz.Lines;
import dev.touchstone.fuzz.Mutation;
import dev.touchstone.fuzz.SafetensorsFiles;
import dev.touchstone.fuzz.Target;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Trace;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.weights.ReadOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Fuzzing targets: each file of a model alone, and all files together. */
public final class CheckpointTargets {
    private static final long MEGABYTE = 1 << 20;
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "the cat",
            "The king's daughter  \n\n\t12345",
            "<|endoftext|>",
            "a".repeat(500),
            "\u0120\u00e9\uD83D\uDE00",
            "\ud800");
    private static final String TINY_TOKENIZER = """
            {"added_tokens": [{"id": 6, "content": "<|endoftext|>", "special": true, "normalized": false}],
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}]},
             "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "\u0120": 4, "abc": 5},
                       "merges": ["a b", ["ab", "c"]]}}
            """;

    private final Path folder;
    private final Map<String, byte[]> model;

    private CheckpointTargets(Path folder) {
        this.folder = folder;
        new TinyCheckpoint(folder).config("eos_token_id", 6).prefixed().write();
        write("tokenizer.json", TINY_TOKENIZER.getBytes(UTF_8));
        write("generation_config.json", "{\"eos_token_id\": [6], \"do_sample\": false}".getBytes(UTF_8));
        this.model = files(folder);
    }

    /** @param folder an empty folder for the files */
    public static List<Target> all(Path folder) throws IOException {
        CheckpointTargets targets = new CheckpointTargets(folder);
        return List.of(
                targets.safetensors(),
                gguf(),
                targets.file("config.json", 3),
                targets.file("generation_config.json", 1),
                tokenizer(),
                targets.part("vocab.json", "merges.txt", Mutation.oneOf(JsonTrees.ANY, Bytes.ANY)),
                targets.part("merges.txt", "vocab.json", Mutation.oneOf(Lines.ANY, Lines.ANY, Bytes.ANY)),
                targets.folder());
    }

    private Target safetensors() throws IOException {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        new SafetensorsWriter()
                .metadata("format", "pt")
                .add("a", Tensor.zeros(2, 3))
                .add("halves", DType.BF16, Tensor.zeros(2, 3))
                .add("doubles", new double[] {1, 2}, 2)
                .add("ids", new int[] {1, 2, 3}, 3)
                .add("none", Tensor.zeros(0, 4))
                .writeTo(Channels.newChannel(small));
        return new Target(
                "safetensors",
                4,
                MEGABYTE,
                List.of(small.toByteArray(), model.get("model.safetensors")),
                SafetensorsFiles.ANY,
                CheckpointTargets::readSafetensors);
    }

    /** A file with values of all types of metadata, and tensors of several types. */
    private static Target gguf() {
        byte[] small = GgufBytes.header(3, 3, 5)
                .text("general.architecture", "llama")
                .number("llama.block_count", 1)
                .string("flag")
                .int32(7)
                .raw(1)
                .string("list")
                .int32(9)
                .int32(8)
                .int64(2)
                .string("a")
                .string("b")
                .string("large")
                .int32(10)
                .int64(-1)
                .tensor("token_embd.weight", GgufType.Q4_0, 0, 32, 2)
                .tensor("output_norm.weight", GgufType.F32, 64, 4)
                .tensor("blk.0.ffn_down.weight", GgufType.Q6_K, 96, 256)
                .data(320);
        return new Target("gguf", 2, MEGABYTE, List.of(small), Bytes.ANY, CheckpointTargets::readGguf);
    }

    private static String readGguf(byte[] input) throws IOException {
        try (Gguf file = Gguf.open("model.gguf", ByteSource.of(input))) {
            for (GgufTensor tensor : file.all()) {
                int count = (int) tensor.elements();
                tensor.reader(count).floats(0, count, new float[count], 0);
            }
            return "read, tensors " + !file.all().isEmpty();
        }
    }

    private static String readSafetensors(byte[] input) throws IOException {
        try (Safetensors file = Safetensors.open("model.safetensors", ByteSource.of(input))) {
            for (String name : file.names()) {
                if (file.get(name).dtype().isFloat()) {
                    file.get(name).floats();
                    file.get(name).doubles();
                } else if (file.get(name).dtype().isInteger()) {
                    file.get(name).ints();
                }
            }
            return "read, metadata " + !file.metadata().isEmpty() + ", tensors "
                    + !file.names().isEmpty();
        }
    }

    /** One file of a model whose other files are valid. */
    private Target file(String name, int share) {
        List<byte[]> seeds = new ArrayList<>(List.of(model.get(name)));
        seeds.addAll(ofFixtures(name));
        return new Target(
                name.replace(".json", ""),
                share,
                8 * MEGABYTE,
                seeds,
                Mutation.oneOf(JsonTrees.ANY, JsonTrees.ANY, JsonTrees.ANY, Bytes.ANY),
                input -> {
                    write(name, input);
                    return load();
                });
    }

    private static Target tokenizer() {
        List<byte[]> seeds = new ArrayList<>(List.of(TINY_TOKENIZER.getBytes(UTF_8)));
        seeds.addAll(ofFixtures("tokenizer.json"));
        return new Target(
                "tokenizer",
                4,
                16 * MEGABYTE,
                seeds,
                Mutation.oneOf(JsonTrees.ANY, JsonTrees.ANY, JsonTrees.ANY, Bytes.ANY),
                input -> use(TokenizerFiles.read(
                        "model", name -> Optional.of(input).filter(file -> name.equals("tokenizer.json")))));
    }

    /** One of GPT-2's two tokenizer files; the other is valid. */
    private Target part(String name, String otherName, Mutation mutation) {
        byte[] other = ofFixtures(otherName).get(0);
        return new Target(name.replaceAll("\\..*", ""), 2, 16 * MEGABYTE, ofFixtures(name), mutation, input -> {
            Map<String, byte[]> files = Map.of(name, input, otherName, other);
            return use(TokenizerFiles.read("model", file -> Optional.ofNullable(files.get(file))));
        });
    }

    private Target folder() {
        return new Target("folder", 5, 16 * MEGABYTE, List.of(Folders.pack(model)), Folders.ANY, input -> {
            Map<String, byte[]> files = Folders.unpack(input);
            for (String name : files(folder).keySet()) {
                Files.delete(folder.resolve(name));
            }
            files.forEach((name, content) -> {
                if (name.matches("[\\w.-]*\\w")) {
                    write(name, content);
                }
            });
            try {
                return load();
            } finally {
                model.forEach(this::write); // for the targets that change one file only
            }
        });
    }

    /** Loads the folder and runs the model once. A warning, such as of tensors of another layer, is right here. */
    private String load() {
        LoadedModel loaded = Checkpoint.load(folder, ReadOptions.DEFAULT.warnings(line -> {}));
        loaded.transformer().forward(new int[] {0, 1}, new ScalarKernels(), Trace.OFF);
        return "loaded, " + use(loaded.tokenizer());
    }

    private static String use(Tokenizer tokenizer) {
        for (String text : TEXTS) {
            tokenizer.decode(tokenizer.encode(text));
            tokenizer.encodeOrdinary(text);
        }
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            tokenizer.bytes(id);
            tokenizer.isSpecial(id);
        }
        return "used";
    }

    /** The files of this name in all fixtures, except large ones. */
    private static List<byte[]> ofFixtures(String name) {
        return Fixtures.all().stream()
                .map(fixture -> fixture.folder().resolve(name).toFile())
                .filter(file -> file.isFile() && file.length() < 10_000)
                .map(file -> read(file.toPath()))
                .toList();
    }

    private static Map<String, byte[]> files(Path folder) {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : folder.toFile().list()) {
            files.put(name, read(folder.resolve(name)));
        }
        return files;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, byte[] content) {
        try {
            Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
