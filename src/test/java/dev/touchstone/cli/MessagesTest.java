package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tokenize --messages}: the prompt of a conversation. */
class MessagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FIXTURES = Path.of(System.getProperty("touchstone.basedir", "."), "fixtures");
    private static final String TEMPLATE = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
            + "{{ mood }}{% if add_generation_prompt %}[assistant]{% endif %}";

    @TempDir
    private static Path folder;

    private static Path model;
    private static Path plain;
    private static Path hello;

    @BeforeAll
    static void writeFiles() throws IOException {
        model = TinyModel.write(folder.resolve("model"));
        plain = TinyModel.write(folder.resolve("plain"));
        Files.writeString(
                model.resolve("tokenizer_config.json"),
                JSON.writeValueAsString(JSON.createObjectNode()
                        .set(
                                "chat_template",
                                JSON.createObjectNode()
                                        .put("default", TEMPLATE)
                                        .put("short", "{{ messages | length }}"))));
        hello = write("hello.json", "[{\"role\": \"user\", \"content\": \"Hello\"}]");
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @TestFactory
    Stream<DynamicTest> textAndIdsAreThoseOfTransformers() throws IOException {
        JsonNode calls = JSON.readTree(FIXTURES.resolve("chat_prompts.json").toFile());
        assertThat(calls.size()).isGreaterThanOrEqualTo(60);
        return StreamSupport.stream(calls.spliterator(), false)
                .map(call -> DynamicTest.dynamicTest(call.toString(), () -> check(call)));
    }

    private static void check(JsonNode call) throws IOException {
        List<String> args = new ArrayList<>(List.of("tokenize", "--json"));
        args.addAll(
                List.of("--model", "" + FIXTURES.resolve(call.required("model").textValue())));
        args.addAll(List.of(
                "--template", "" + write("t.jinja", call.required("template").textValue())));
        for (String option : List.of("messages", "tools", "documents")) {
            if (call.has(option)) {
                args.addAll(List.of(
                        "--" + option,
                        "" + write(option + ".json", call.get(option).toString())));
            }
        }
        call.path("variables")
                .properties()
                .forEach(variable -> args.addAll(List.of("--set", variable.getKey() + "=" + variable.getValue())));
        if (call.path("continue_final_message").asBoolean()) {
            args.add("--continue-final-message");
        } else if (!call.path("add_generation_prompt").asBoolean()) {
            args.add("--no-generation-prompt");
        }

        Cli cli = Cli.run(args.toArray(String[]::new));

        if (call.has("error")) {
            assertThat(cli.exit()).as(cli.out()).isEqualTo(1);
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err().lines()).hasSize(1);
            assertThat(cli.err()).contains("the chat template");
        } else {
            assertThat(cli.exit()).as(cli.err()).isZero();
            JsonNode printed = JSON.readTree(cli.out());
            assertThat(printed.get("text")).isEqualTo(call.required("text"));
            assertThat(printed.get("ids")).isEqualTo(call.required("ids"));
        }
    }

    @Test
    void theModelsOwnTemplateMakesThePrompt() {
        assertThat(rendered("--messages", "" + hello)).isEqualTo("[user]Hello[assistant]\n");
        assertThat(rendered("--messages", "" + hello, "--no-generation-prompt")).isEqualTo("[user]Hello\n");
        assertThat(rendered("--messages", "" + hello, "--set", "mood=\"!\"")).isEqualTo("[user]Hello![assistant]\n");
        assertThat(rendered("--messages", "" + hello, "--template-name", "short"))
                .isEqualTo("1\n");
    }

    @Test
    void withoutJsonTheTokensArePrinted() {
        Cli cli = Cli.run("tokenize", "--model", "" + model, "--messages", "" + hello, "--template-name", "short");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out().lines().map(String::strip))
                .containsExactly("id  token                    bytes", "49  \"1\"                      31");
        assertThat(cli.err()).startsWith("1 tokens: \"1\"");
    }

    private static String rendered(String... options) {
        String[] args = Stream.concat(
                        Stream.of("tokenize", "--rendered", "--model", "" + model), Arrays.stream(options))
                .toArray(String[]::new);
        Cli cli = Cli.run(args);
        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.err()).isEmpty();
        return cli.out();
    }

    /** As in the packages that have only tokenizers. */
    @Test
    void noWeightsAreNeeded() throws IOException {
        Path bare = Files.createDirectories(folder.resolve("bare"));
        Path whole = FIXTURES.resolve("exercise");
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(whole.resolve(file), bare.resolve(file));
        }
        Files.writeString(bare.resolve("chat_template.jinja"), "{{ messages[0].content }}{{ eos_token }}");

        Cli cli = Cli.run("tokenize", "--model", "" + bare, "--messages", "" + hello);

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.err()).isEqualTo("2 tokens: \"Hello<end>\"" + System.lineSeparator());
        assertThat(cli.out())
                .isEqualTo(
                        Cli.run("tokenize", "--model", "" + whole, "Hello<end>").out());
    }

    @Test
    void aModelWithoutTemplateSaysWhatToGive() {
        Cli cli = Cli.run("tokenize", "--model", "" + plain, "--messages", "" + hello);

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().strip())
                .isEqualTo("touchstone: plain has no chat template: it continues text and does not answer messages;"
                        + " give a template (--chat-template FILE)");
    }

    @Test
    void anUnknownNameOfATemplateSaysWhichThereAre() {
        Cli cli = Cli.run("tokenize", "--model", "" + model, "--messages", "" + hello, "--template-name", "rag");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err().strip())
                .isEqualTo("touchstone: the model has no chat template \"rag\"; choose one of default, short"
                        + " (--template-name NAME)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "messages ! [{'role': 'user'} ! is not valid JSON",
                "messages ! {'role': 'user'} ! holds no conversation, expected [{\"role\"",
                "messages ! ['Hello'] ! message 0 is no object",
                "messages ! [{'role': 'user', 'content': 'a\\ud83db'}] ! half a character",
                "messages ! [] ! the conversation is empty",
                "messages ! `` ! holds no conversation",
                "messages ! \u00ff ! is not UTF-8",
                "messages ! [{'role': 'user', 'role': 'tool'}] ! Duplicate field 'role'",
                "tools ! {} ! holds no JSON list of objects",
                "tools ! ['weather'] ! holds no JSON list of objects",
                "documents ! [1] ! holds no JSON list of objects",
                "template ! {% if %} ! the chat template fails in line 1",
                "template ! {{ raise_exception('no') }} ! the chat template refuses this conversation: no",
            })
    void aBadFileIsNamedInOneLine(String option, String content, String told) throws IOException {
        String text = content.contains("{%") || content.contains("{{") ? content : content.replace('\'', '"');
        Path file = Files.write(folder.resolve("bad.json"), text.getBytes(StandardCharsets.ISO_8859_1));
        List<String> args = new ArrayList<>(List.of("tokenize", "--model", "" + model, "--" + option, "" + file));
        if (!option.equals("messages")) {
            args.addAll(List.of("--messages", "" + hello));
        }

        Cli cli = Cli.run(args.toArray(String[]::new));

        assertThat(cli.exit()).as(cli.out()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).startsWith("touchstone: ").contains(told);
        assertThat(cli.err().lines()).hasSize(1);
    }

    @Test
    void aMissingFileAndAFolderAreNamed() {
        for (String option : List.of("--messages", "--tools", "--documents", "--template")) {
            List<String> args = new ArrayList<>(List.of("tokenize", "--model", "" + model));
            if (!option.equals("--messages")) {
                args.addAll(List.of("--messages", "" + hello));
            }
            Path missing = folder.resolve("missing");

            assertThat(run(args, option, "" + missing).err().strip())
                    .isEqualTo("touchstone: " + missing + ": no such file");
            assertThat(run(args, option, "" + folder).err().strip())
                    .isEqualTo("touchstone: " + folder + " cannot be read: Is a directory");
        }
    }

    private static Cli run(List<String> args, String... more) {
        Cli cli = Cli.run(Stream.concat(args.stream(), Arrays.stream(more)).toArray(String[]::new));
        assertThat(cli.exit()).isEqualTo(1);
        return cli;
    }
}
