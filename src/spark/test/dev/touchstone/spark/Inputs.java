package dev.touchstone.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The files that the runs read. */
record Inputs(Path root, Path folder, int prompts) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> MODEL =
            List.of("config.json", "generation_config.json", "model.safetensors", "tokenizer.json");
    private static final List<String> BEGINNINGS = List.of(
            "The king", "Once upon a time", "\u00c9t\u00e9 \u201cthe fox\u201d", "A", "In a dark forest there lived");

    void write() throws IOException {
        List<String> rows = rows();
        Files.write(folder.resolve("prompts.jsonl"), rows);
        rows.add(rows.size() / 2, "{\"id\": \"bad-1\", \"prompt\": \"\"}");
        rows.add("{\"id\": \"bad-2\", \"prompt\": \"x\", \"settings\": {\"max_new_tokens\": 100000}}");
        rows.add("{\"prompt\": \"bad-3\"}");
        rows.add("no JSON, bad-4");
        Files.write(folder.resolve("all.jsonl"), rows);
        Files.write(folder.resolve("mixed.jsonl"), mixed());
        Files.write(folder.resolve("gguf.jsonl"), List.of("{\"id\": 1, \"prompt_ids\": [5, 6, 7]}"));
        Files.copy(fixture("gguf-llama.gguf"), folder.resolve("model.gguf"), StandardCopyOption.REPLACE_EXISTING);
        zip(chatModel(), folder.resolve("chat-model.zip"));
        sweep();
    }

    private List<String> rows() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < prompts; i++) {
            ObjectNode row = JSON.createObjectNode().put("id", "row-" + i);
            row.put("prompt", BEGINNINGS.get(i % BEGINNINGS.size()) + " and".repeat(i % 5));
            if (i % 10 == 0) {
                row.putObject("settings").put("max_new_tokens", 1 + i % 20).put("temperature", 0.5);
            }
            lines.add(row.toString());
        }
        return lines;
    }

    /** Rows with token ids, with messages and with fields of other types. Rows 4 and 5 have errors. */
    private static List<String> mixed() {
        return List.of(
                "{\"id\": 1, \"prompt_ids\": [308, 1207], \"price\": 1.5, \"tags\": [\"a\", \"b\"]}",
                "{\"id\": 2, \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}",
                "{\"id\": 3, \"prompt\": \"The fox\", \"price\": 2.0}",
                "{\"id\": 4, \"prompt_ids\": [308, 99999999999]}",
                "{\"id\": 5, \"price\": 7.0}",
                "{\"id\": 6, \"prompt\": \"The fox\", \"settings\": {\"do_sample\": true, \"seed\": 5}}");
    }

    private Path chatModel() throws IOException {
        Path model = copy("storyteller", "chat-model");
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:");
        return model;
    }

    /** Two fixtures, a checkpoint with one wrong weight, and rows that cannot be used. */
    private void sweep() throws IOException {
        Path wrong = copy("tiny-gpt2", "wrong-model");
        byte[] weights = Files.readAllBytes(wrong.resolve("model.safetensors"));
        weights[weights.length - 1] ^= (byte) 0x80; // the sign of the last one
        Files.write(wrong.resolve("model.safetensors"), weights);
        String gpt2 = fixture("tiny-gpt2").toString();
        Files.write(
                folder.resolve("sweep.jsonl"),
                List.of(
                        row("fixture", gpt2),
                        row("fixture", fixture("exercise").toString(), "prompt", "text"),
                        row("checkpoint", wrong.toString(), "fixture", gpt2, "prompt", "text"),
                        row("checkpoint", wrong.toString(), "fixture", gpt2, "prompt", "no-prompt"),
                        row("fixture", folder.resolve("no-fixture").toString())));
    }

    private static String row(String... fields) {
        ObjectNode row = JSON.createObjectNode();
        for (int i = 0; i < fields.length; i += 2) {
            row.put(fields[i], fields[i + 1]);
        }
        return row.toString();
    }

    private Path fixture(String name) {
        return root.resolve("fixtures").resolve(name);
    }

    private Path copy(String fixture, String name) throws IOException {
        Path copy = Files.createDirectories(folder.resolve(name));
        for (String file : MODEL) {
            Files.copy(fixture(fixture).resolve(file), copy.resolve(file));
        }
        return copy;
    }

    private static void zip(Path from, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out);
                var entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                zip.putNextEntry(new ZipEntry(entry.getFileName().toString()));
                Files.copy(entry, zip);
            }
        }
    }
}
