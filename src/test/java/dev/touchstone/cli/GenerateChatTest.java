package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate --chat}: the prompt is a message to the model. */
class GenerateChatTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FIXTURES = Path.of(System.getProperty("touchstone.basedir", "."), "fixtures");
    private static final String TEMPLATE = "{% for m in messages %}{{ m.role[0] }}{{ m.content }}{% endfor %}{{ mood }}"
            + "{% if add_generation_prompt %}a{% endif %}";

    @TempDir
    private static Path folder;

    private static Path model;

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyModel.write(folder.resolve("model"));
        Files.writeString(model.resolve("chat_template.jinja"), TEMPLATE);
    }

    /** Of the conversations that transformers rendered, those of one question, after a system message or none. */
    @TestFactory
    Stream<DynamicTest> thePromptIsWhatTransformersRenders() throws IOException {
        List<DynamicTest> tests = StreamSupport.stream(
                        JSON.readTree(FIXTURES.resolve("chat_prompts.json").toFile())
                                .spliterator(),
                        false)
                .filter(call ->
                        call.has("ids") && call.path("add_generation_prompt").asBoolean())
                .filter(call -> roles(call).matches("(system )?user") && !call.has("tools"))
                .filter(call -> call.get("ids").size() < 48
                        || call.get("model").asText().equals("storyteller"))
                .filter(call -> !List.of("tiny-gpt2", "exercise")
                        .contains(call.get("model").asText()))
                .map(call -> dynamicTest(call.toString(), () -> check(call)))
                .toList();
        assertThat(tests).hasSizeGreaterThanOrEqualTo(8);
        return tests.stream();
    }

    private static String roles(JsonNode call) {
        return StreamSupport.stream(call.get("messages").spliterator(), false)
                .map(message -> message.get("role").textValue())
                .collect(Collectors.joining(" "));
    }

    private static void check(JsonNode call) throws IOException {
        Path template = Files.writeString(
                folder.resolve("t.jinja"), call.get("template").textValue());
        JsonNode messages = call.get("messages");
        String question = messages.get(messages.size() - 1).get("content").textValue();
        List<String> args = new ArrayList<>(List.of("--chat", "--prompt=" + question, "--template", "" + template));
        if (messages.size() > 1) {
            args.add("--system=" + messages.get(0).get("content").textValue());
        }
        call.path("variables")
                .properties()
                .forEach(variable -> args.add("--set=" + variable.getKey() + "=" + variable.getValue()));
        Path folder = FIXTURES.resolve(call.get("model").textValue());

        JsonNode answer = json(folder, args.toArray(String[]::new));

        assertThat(answer.get("prompt_ids")).isEqualTo(call.get("ids"));
        assertThat(answer.get("prompt").textValue()).isEqualTo(question);
        JsonNode continued = json(folder, "--prompt-ids=" + call.get("ids"));
        assertThat(answer.get("ids")).isEqualTo(continued.get("ids")).isNotEmpty();
        assertThat(answer.get("text")).isEqualTo(continued.get("text"));
    }

    private static JsonNode json(Path model, String... options) throws IOException {
        String[] command = {"generate", "--model", "" + model, "-n", "3", "--json"};
        Cli cli = Cli.run(Stream.of(command, options).flatMap(Arrays::stream).toArray(String[]::new));
        assertThat(cli.exit()).as(cli.err()).isZero();
        return JSON.readTree(cli.out());
    }

    @Test
    void onlyTheAnswerIsPrinted() throws IOException {
        String answer = json(model, "--prompt", "uhia").get("text").textValue();

        Cli cli = Cli.run("generate", "--model", "" + model, "-n", "3", "--chat", "--prompt", "hi");

        assertThat(cli.out()).isEqualTo(answer + (answer.endsWith("\n") ? "" : "\n"));
    }

    @Test
    void theTemplateGetsSystemMessageAndVariables() throws IOException {
        JsonNode answer = json(model, "--chat", "--prompt", "hi", "--system", "no", "--set", "mood=\"!\"");

        assertThat(answer.get("prompt_ids"))
                .isEqualTo(json(model, "--prompt", "snouhi!a").get("prompt_ids"));
    }

    @Test
    void theAnswerEndsAtTheModelsEndToken() throws IOException {
        int first = json(model, "--chat", "--prompt", "hi").get("ids").get(0).intValue();
        Path ending = TinyModel.write(folder.resolve("ending"));
        Files.writeString(ending.resolve("chat_template.jinja"), TEMPLATE);
        Files.writeString(ending.resolve("generation_config.json"), "{\"eos_token_id\": [259, " + first + "]}");

        JsonNode answer = json(ending, "--chat", "--prompt", "hi");

        assertThat(answer.get("finish_reason").textValue()).isEqualTo("eos");
        assertThat(answer.get("text").textValue()).isEmpty();
    }

    @Test
    void aModelWithoutTemplateIsRefusedByName() {
        Path plain = TinyModel.write(folder.resolve("plain"));

        Cli cli = Cli.run("generate", "--model", "" + plain, "--chat", "--prompt", "hi");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().strip())
                .isEqualTo("touchstone: plain has no chat template: it continues text and does not answer messages;"
                        + " give a template (--chat-template FILE)");
    }

    @Test
    void everyPromptOfABatchIsAMessage() throws IOException {
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), "\"hi\"\n{\"prompt\": \"you\", \"id\": 7}\n");

        Cli cli = Cli.run(
                "generate", "--model", "" + model, "-n", "3", "--chat", "--system=no", "--batch-file", "" + prompts);

        assertThat(cli.exit()).as(cli.err()).isZero();
        List<String> lines = cli.out().lines().toList();
        assertThat(lines).hasSize(2);
        for (int i = 0; i < 2; i++) {
            String prompt = List.of("hi", "you").get(i);
            JsonNode line = JSON.readTree(lines.get(i));
            JsonNode alone = json(model, "--chat", "--system=no", "--prompt", prompt);
            assertThat(line.get("prompt").textValue()).isEqualTo(prompt);
            assertThat(line.get("prompt_ids")).isEqualTo(alone.get("prompt_ids"));
            assertThat(line.get("ids")).isEqualTo(alone.get("ids"));
        }
    }

    @Test
    void aLineOfABatchThatIsNoMessageIsNamed() throws IOException {
        Path prompts = Files.writeString(folder.resolve("ids.jsonl"), "\"hi\"\n{\"prompt_ids\": [1]}\n");
        Path refusing = Files.writeString(folder.resolve("refuse.jinja"), "{{ raise_exception('no') }}");
        String[] command = {"generate", "--model", "" + model, "--chat", "--batch-file", "" + prompts};

        assertThat(Cli.run(command).err().strip())
                .isEqualTo(
                        "touchstone: " + prompts
                                + " line 2 has no message: expected a string, or an object with the string prompt or the list messages");
        assertThat(Cli.run(Stream.concat(Arrays.stream(command), Stream.of("--template", "" + refusing))
                                .toArray(String[]::new))
                        .err())
                .startsWith("touchstone: " + prompts + " line 1: " + refusing
                        + ": the chat template refuses this conversation: no");
    }
}
