package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.support.RunsBesideOthers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard input: how it is decoded, and that of a separate process through a pipe of the operating system, which cannot seek. */
@RunsBesideOthers
class StandardInputTest {
    @TempDir
    private static Path folder;

    private record Run(int exit, String out, String err) {}

    @BeforeAll
    static void writeModel() {
        TinyModel.write(folder);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = '|',
            value = {
                "king|king",
                "king\\n|king",
                "king\\r\\n|king",
                "king\\n\\n|king\\n",
                "the\\r\\nking\\r\\n|the\\r\\nking",
                "king\\r|king\\r",
                " king |' king '",
                "\\uFEFFking\\n|king",
                "\\uFEFF\\uFEFFking|\\uFEFFking",
                "king\\uFEFF|king\\uFEFF",
                "\\0k\\0\\n|\\0k\\0",
                "ké😀|ké😀",
                "''|''",
                "\\n|''",
                "\\uFEFF|''"
            })
    void isDecoded(String written, String read) throws Exception {
        Cli cli = Cli.withBytes(unescaped(written).getBytes(UTF_8), "tokenize", "-", "--json", "--model", "" + folder);

        assertThat(cli.err()).isEmpty();
        assertThat(cli.exit()).isZero();
        assertThat(new ObjectMapper().readTree(cli.out()).get("text").textValue())
                .isEqualTo(unescaped(read));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "the\r\nk\u00e9"})
    void isTheTextOfTokenize(String text) throws Exception {
        Run run = run(text.getBytes(UTF_8), "tokenize", "-", "--json");

        assertThat(run.err).isEmpty();
        assertThat(run.exit).isZero();
        assertThat(new ObjectMapper().readTree(run.out).get("text").textValue()).isEqualTo(text);
    }

    @Test
    void mayBeLargerThanThePipe() throws Exception {
        String text = "the king ".repeat(30_000);

        Run run = run(text.getBytes(UTF_8), "tokenize", "-", "--json");

        assertThat(run.exit).as(run.err).isZero();
        assertThat(new ObjectMapper().readTree(run.out).get("text").textValue()).isEqualTo(text);
    }

    @Test
    void isTheConversationOfTokenize() throws Exception {
        Path template =
                Files.writeString(folder.resolve("t.jinja"), "{{ messages[0].content }}|{{ messages[1].role }}");
        String messages =
                "\uFEFF[{\"role\": \"user\", \"content\": \"k\u00e9\ud83d\ude00\\n\"},\r\n{\"role\": \"tool\"}]\r\n";

        Run run =
                run(messages.getBytes(UTF_8), "tokenize", "--messages", "-", "--template", "" + template, "--rendered");

        assertThat(run.err).isEmpty();
        assertThat(run.out).isEqualTo("k\u00e9\ud83d\ude00\n|tool\n");
    }

    @Test
    void isNamedIfItIsNotAConversation() throws Exception {
        Run run = run("Hello\n".getBytes(UTF_8), "tokenize", "--messages", "-");

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).startsWith("touchstone: standard input is not valid JSON at column");
        assertThat(run.err.lines()).hasSize(1);
    }

    @Test
    void isASavedAndLoadedChat() throws Exception {
        Path template =
                Files.writeString(folder.resolve("c.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}");
        Path saved = folder.resolve("chat.json");
        String[] chat = {"chat", "--template", "" + template, "-n", "2", "--quiet", "--kernels", "scalar"};

        Run first = run(("/system b\nk\u00e9\n/save " + saved + "\n").getBytes(UTF_8), chat);
        Run second = run(("/load " + saved + "\nk\n/save " + saved + "\n").getBytes(UTF_8), chat);

        assertThat(first.err + second.err).isEmpty();
        JsonNode messages = new ObjectMapper().readTree(Files.readString(saved));
        assertThat(messages.findValuesAsText("role"))
                .containsExactly("system", "user", "assistant", "user", "assistant");
        assertThat(messages.findValuesAsText("content").subList(0, 2)).containsExactly("b", "k\u00e9");
        assertThat(first.out.stripTrailing())
                .isEqualTo(messages.get(2).get("content").textValue().stripTrailing());
        assertThat(second.out.stripTrailing())
                .isEqualTo(messages.get(4).get("content").textValue().stripTrailing());
    }

    @Test
    void isThePromptOfGenerate() throws Exception {
        Run run = run("abc\r\n".getBytes(UTF_8), "generate", "--prompt", "-", "-n", "3", "--json", "--quiet");

        assertThat(run.exit).as(run.err).isZero();
        assertThat(new ObjectMapper().readTree(run.out).get("prompt").textValue())
                .isEqualTo("abc");
    }

    @ParameterizedTest
    @CsvSource({"tokenize,-", "generate,--prompt=-"})
    void isRefusedIfItIsNotUtf8(String command, String argument) throws Exception {
        Run run = run(new byte[] {'a', (byte) 0xC3, '('}, command, argument);

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err).isEqualToIgnoringNewLines("touchstone: standard input is not UTF-8; convert it first");
    }

    @Test
    void isNotAPromptIfItIsEmpty() throws Exception {
        Run run = run(new byte[0], "generate", "--prompt", "-");

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).startsWith("touchstone: the prompt is empty");
        assertThat(run.err.lines()).hasSize(1);
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\uFEFF", "\uFEFF");
    }

    private static Run run(byte[] input, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.touchstone.cli.Main"));
        command.addAll(List.of(args));
        command.addAll(List.of("--model", folder.toString()));
        if (args[0].equals("generate")) {
            command.addAll(List.of("--kernels", "scalar"));
        }
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(input);
        }
        return new Run(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
