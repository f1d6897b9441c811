package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.cli.CommandLines.Line;
import dev.touchstone.fuzz.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the program in this process: any arguments, files and input must lead to an exit code and a clear line. */
public final class CommandLineTarget {
    private static final int[] IDS = {1, 2, 3};

    private final Path folder;

    private CommandLineTarget(Path folder) {
        this.folder = folder;
    }

    /** @param folder an empty folder for the files that are read and written */
    public static Target in(Path folder) throws IOException {
        CommandLineTarget target = new CommandLineTarget(folder);
        TinyModel.write(folder.resolve("model"), 1);
        TinyModel.write(folder.resolve("draft"), 2);
        Files.writeString(folder.resolve("prompts.jsonl"), "\"the\"\n{\"prompt\": \"he\", \"id\": 7}\n");
        Files.writeString(folder.resolve("chat.json"), "[{\"role\": \"user\", \"content\": \"the\"}]");
        Files.writeString(folder.resolve("chat.jinja"), "{% for m in messages %}{{ m.content }}{{ x }}{% endfor %}");
        target.writeFixture();
        List<byte[]> seeds = Stream.of(
                        List.of(List.of("generate"), List.of("--model", "{dir}/model"), List.of("--prompt", "the")),
                        List.of(
                                List.of("generate"),
                                List.of("--model={dir}/model"),
                                List.of("--batch-file", "{dir}/file")),
                        List.of(List.of("parity"), List.of("{dir}/fixture"), List.of("--ours", "{dir}/file")),
                        List.of(
                                List.of("tokenize"),
                                List.of("--messages", "{dir}/chat.json"),
                                List.of("--chat-template", "{dir}/chat.jinja")),
                        List.of(List.of("chat"), List.of("--chat-template", "{dir}/chat.jinja")))
                .map(args -> new Line(args, "", "\"the\"\n{\"prompt_ids\": [1, 2]}\n").json())
                .toList();
        return new Target("command-line", 8, 64 << 20, seeds, new CommandLines()::mutate, target::read);
    }

    private void writeFixture() throws IOException {
        Path fixture = TinyModel.write(folder.resolve("fixture"), 1);
        Files.copy(TinyFixture.write(fixture, IDS), folder.resolve("taps.safetensors"));
    }

    private String read(byte[] input) throws IOException {
        Line line = Line.parse(input);
        boolean complete = line != null && line.args() != null && line.in() != null && line.file() != null;
        if (!complete || !line.isSafe() || line.command().equals("serve")) {
            return "no command line"; // the format of the corpus is not tested
        }
        Path out = folder.resolve("out");
        if (Files.isDirectory(out)) {
            try (Stream<Path> files = Files.list(out)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(out);
        Files.write(folder.resolve("file"), line.file().getBytes(ISO_8859_1));
        String[] args = arguments(line);

        Cli cli = Cli.withBytes(line.in().replace("{dir}", folder.toString()).getBytes(ISO_8859_1), args);

        check(cli, args, line.command());
        assertThat(out).isDirectory();
        return line.command() + " " + cli.exit() + " "
                + cli.err().lines().findFirst().orElse("").replaceAll("\\d+", "#");
    }

    /** The command line with one thread, because worker threads end with the process, and with a limit of new tokens. */
    private String[] arguments(Line line) {
        List<String> args = new ArrayList<>();
        line.args().forEach(words -> words.forEach(word -> args.add(word.replace("{dir}", folder.toString()))));
        boolean endless = line.command().equals("chat")
                || line.command().equals("compare")
                || args.stream().anyMatch(arg -> arg.toLowerCase().contains("slide"));
        if (endless) {
            args.replaceAll(arg -> arg.replace("2147483647", "6"));
            if (args.stream().noneMatch(arg -> arg.startsWith("-n") || arg.startsWith("--max"))) {
                args.add(1, "--max-new-tokens=6");
            }
        }
        if (List.of("generate", "chat", "compare", "trace", "parity").contains(line.command())
                && args.stream().noneMatch(arg -> arg.startsWith("--kernels") || arg.startsWith("--threads"))) {
            args.add(1, "--kernels=scalar");
        }
        boolean named = line.command().equals("parity")
                || args.stream().anyMatch(arg -> arg.startsWith("-m") || arg.startsWith("--model"));
        if (!named && args.size() > 0) {
            args.add(1, "--model=" + folder.resolve("model")); // the included model is slower
        }
        return args.toArray(String[]::new);
    }

    private static void check(Cli cli, String[] args, String command) {
        String message = String.join(" ", args) + ": " + cli.err();
        List<String> complaints =
                cli.err().lines().filter(text -> text.startsWith("touchstone")).toList();
        assertThat(cli.exit()).as(message).isBetween(0, 2);
        assertThat(cli.err()).as(message).doesNotContain("this is a bug").doesNotContain("out of memory");
        assertThat(cli.err()).as(message).doesNotContain("\u001b");
        if (cli.exit() == 2) {
            assertThat(cli.out()).as(message).isEmpty();
            assertThat(complaints).as(message).hasSize(1);
            assertThat(cli.err().lines()).as(message).hasSize(1);
        }
        boolean divergence = command.equals("parity") && cli.out().contains("first wrong at");
        if (cli.exit() == 1 && !divergence && !List.of(args).contains("--stacktrace")) {
            assertThat(complaints).as(message).hasSize(1);
            assertThat(cli.err().strip()).as(message).endsWith(complaints.get(0).strip());
        }
    }
}
