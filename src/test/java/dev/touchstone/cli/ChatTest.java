package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A chat by messages: system message, template variables, saving and loading. */
class ChatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The model reads all of it, so that another conversation has another answer. */
    private static final String TEMPLATE = """
            {%- if messages[-1].content == 'no' %}{{ raise_exception('not that') }}{% endif %}
            {%- for m in messages %}{{ raise_exception('who?') if m.role == 'odd' }}{{ m.role[0] }}{{ m.content }}{% endfor %}{{ mood }}
            {%- if add_generation_prompt %}a{% endif %}""";

    @TempDir
    private static Path folder;

    private static Path model;
    private static Path plain;

    @BeforeAll
    static void writeModels() throws IOException {
        TinyModel.Sizes sizes = new TinyModel.Sizes(12, 3, 2, 96);
        model = TinyModel.write(folder.resolve("model"), sizes, 1);
        plain = TinyModel.write(folder.resolve("plain"), sizes, 1);
        Files.writeString(model.resolve("chat_template.jinja"), TEMPLATE);
    }

    private static Cli chat(String input, String... options) {
        String[] command = {"chat", "--model", "" + model, "-n", "3"};
        Cli cli = Cli.withInput(
                input, Stream.of(command, options).flatMap(Arrays::stream).toArray(String[]::new));
        assertThat(cli.exit()).as(cli.err()).isZero();
        return cli;
    }

    /** What the model continues a prompt with. */
    private static String continued(String prompt) throws IOException {
        Cli cli = Cli.run("generate", "--model", "" + plain, "-n", "3", "--json", "--prompt", prompt);
        return JSON.readTree(cli.out()).get("text").textValue();
    }

    private static String line(String answer) {
        return answer.endsWith("\n") ? answer : answer + "\n";
    }

    private static JsonNode saved(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    @Test
    void theSystemMessageBeginsTheConversation() throws IOException {
        String first = continued("sbeuhia");
        String second = continued("sbeuhia" + first + "uyoua");

        Cli cli = chat("hi\nyou\n", "--quiet", "--system", "be");

        assertThat(cli.out()).isEqualTo(line(first) + line(second));
    }

    @Test
    void theSystemMessageCanBeChangedAndRemoved() throws IOException {
        String none = continued("uhia");
        String odd = continued("sbe  oddu" + "hia" + none + "uhia");
        String removed = continued("uhia" + none + "uhia" + odd + "uhia");

        Cli cli = chat("hi\n/system  be  odd \nhi\n/system\nhi\n", "--quiet");

        assertThat(cli.out()).isEqualTo(line(none) + line(odd) + line(removed));
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void resetKeepsTheSystemMessage() throws IOException {
        String answer = line(continued("sbeuhia"));

        assertThat(chat("hi\n/reset\nhi\n", "--quiet", "--system", "be").out()).isEqualTo(answer + answer);
    }

    @Test
    void theTemplateGetsItsVariables() throws IOException {
        assertThat(chat("hi\n", "--quiet", "--set", "mood=[1, true]").out())
                .isEqualTo(line(continued("uhi[1, True]a")));
    }

    @Test
    void aSavedConversationIsAListOfMessages() throws IOException {
        Path file = folder.resolve("saved chat.json");
        String answer = continued("sbeu\u00e9\ud83d\ude00 \"a");

        Cli cli = chat("\u00e9\ud83d\ude00 \"\n/save " + file + "\n", "--system", "be");

        assertThat(cli.err()).contains("3 messages saved to " + file);
        assertThat(saved(file))
                .isEqualTo(JSON.createArrayNode()
                        .add(JSON.createObjectNode().put("role", "system").put("content", "be"))
                        .add(JSON.createObjectNode().put("role", "user").put("content", "\u00e9\ud83d\ude00 \""))
                        .add(JSON.createObjectNode().put("role", "assistant").put("content", answer)));
        Cli rendered = Cli.run("tokenize", "--model", "" + model, "--messages", "" + file, "--rendered");
        assertThat(rendered.out()).isEqualTo("sbeu\u00e9\ud83d\ude00 \"a" + answer + "a\n");
    }

    @Test
    void aLoadedConversationIsContinued() throws IOException {
        Path file = folder.resolve("loaded.json");
        Files.writeString(file, """
                [{"role": "system", "content": "be"}, {"role": "user", "content": "x", "name": "Zo\u00eb"},
                 {"role": "tool", "content": 1.5, "tool_calls": [{"id": null}]}]""");
        JsonNode before = saved(file);
        String answer = continued("sbeuxt1.5uhia");

        Cli cli = chat("lost\n/load " + file + "\nhi\n/save " + file + "\n");

        assertThat(cli.err()).contains("3 messages loaded from " + file).contains("5 messages saved to " + file);
        assertThat(cli.out()).endsWith("\n" + line(answer));
        JsonNode after = saved(file);
        assertThat(after).hasSize(5);
        for (int i = 0; i < 3; i++) {
            assertThat(after.get(i)).isEqualTo(before.get(i));
        }
        assertThat(after.get(4).get("content").textValue()).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "[{'role': 'user'} ! is not valid JSON",
                "{'role': 'user'} ! holds no conversation",
                "`` ! holds no conversation",
                "[1] ! message 0 is no object",
                "[] ! holds no messages",
                "[{'role': 'user', 'content': 'x'}, {'content': 'x'}] ! message 1 has no role",
                "[{'role': 1, 'content': 'x'}] ! message 0 has no role",
                "[{'role': 'user', 'content': {}.x}] ! is not valid JSON",
                "[{'role': 'odd', 'content': 'x'}] ! cannot be continued: chat_template.jinja: the chat template refuses",
                "\u00ff ! is not UTF-8",
            })
    void aBadFileLeavesTheConversationAsItIs(String content, String told) throws IOException {
        Path file = folder.resolve("bad.json");
        Files.write(file, content.replace('\'', '"').getBytes(StandardCharsets.ISO_8859_1));
        String first = continued("uhia");
        String second = continued("uhia" + first + "uhia");

        Cli cli = chat("hi\n/load " + file + "\nhi\n", "--quiet");

        assertThat(cli.out()).isEqualTo(line(first) + line(second));
        assertThat(cli.err()).startsWith("" + file).contains(told);
        assertThat(cli.err().lines()).hasSize(1);
    }

    @Test
    void aFileThatCannotBeWrittenOrReadIsNamed() {
        Path nowhere = folder.resolve("nowhere/x.json");

        Cli cli = chat(
                "/save " + nowhere + "\nhi\n/save " + nowhere + "\n/load " + nowhere + "\n/save " + folder
                        + "\n/save\n/load\n/save /\n/load \u0000\n",
                "--quiet");

        assertThat(cli.err().lines())
                .containsExactly(
                        "there are no messages to save yet",
                        nowhere + " cannot be written: there is no folder " + nowhere.getParent(),
                        nowhere + ": no such file",
                        folder + " is a folder; give the name of a file to write",
                        "the name of a file is missing, as in /save chat.json",
                        "the name of a file is missing, as in /load chat.json",
                        "'/' is not the name of a file",
                        "' ' is not the name of a file");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void aMessageThatTheTemplateRefusesIsNotKept() throws IOException {
        Cli cli = chat("no\nhi\n", "--quiet");

        assertThat(cli.err().strip())
                .isEqualTo("chat_template.jinja: the chat template refuses this conversation: not that");
        assertThat(cli.out()).isEqualTo(line(continued("uhia")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--system=x", "--set=x=1", "--template-name=x"})
    void aModelWithoutTemplateRefusesWhatOnlyATemplateReads(String option) {
        Cli cli = Cli.withInput("hi\n", "chat", "--model", "" + plain, option);

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().strip())
                .isEqualTo("touchstone: plain has no chat template: it continues text and does not answer messages;"
                        + " give a template (--chat-template FILE)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "--template-name=rag ! the model has no chat template \"rag\"; choose one of default (--template-name NAME)",
                "--template={dir}/broken.jinja ! {dir}/broken.jinja: the chat template fails in line 1: expected an expression",
            })
    void aTemplateThatCannotRenderAnythingIsRefusedAtTheStart(String option, String told) throws IOException {
        Files.writeString(folder.resolve("broken.jinja"), "{% if %}");

        Cli cli = Cli.withInput("hi\n", "chat", "--model", "" + model, option.replace("{dir}", "" + folder));

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err())
                .startsWith("touchstone: " + told.replace("{dir}", "" + folder))
                .hasLineCount(1);
    }

    @Test
    void aChatWithoutMessagesSaysThatThereAreNone() {
        Cli cli = Cli.withInput(
                "/system be\n/save x.json\n/load x.json\n", "chat", "--model", "" + plain, "--quiet", "-n", "2");

        assertThat(cli.exit()).isZero();
        assertThat(cli.err().lines())
                .hasSize(3)
                .containsOnly("plain has no chat template: it continues one text, and there are no messages");
    }
}
