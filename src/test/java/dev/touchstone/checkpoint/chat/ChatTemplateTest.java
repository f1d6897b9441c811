package dev.touchstone.checkpoint.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.tokenizer.SpecialTokens;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What transformers made of conversations with the templates of the families, character by character. */
class ChatTemplateTest {
    private static final List<Message> HELLO = List.of(new Message("user", "Hello"));

    @TestFactory
    Stream<DynamicTest> everyTemplateWritesWhatTransformersWrites() throws IOException {
        JsonNode templates = new ObjectMapper()
                .readTree(Path.of(System.getProperty("touchstone.basedir", "."), "fixtures", "chats.json")
                        .toFile());
        assertThat(templates).isNotEmpty();
        return elements(templates).flatMap(entry -> {
            ChatTemplate template = ChatTemplate.of(
                    "t",
                    entry.required("template").textValue(),
                    Map.of(
                            "bos_token", entry.required("bos_token").textValue(),
                            "eos_token", entry.required("eos_token").textValue()));
            return tests(entry.required("name").textValue(), template, entry.required("chats"));
        });
    }

    /** Where models or tokenizers of some size have been made, which are no part of the repository, they have chats of their own. */
    @TestFactory
    Stream<DynamicTest> everyModelWritesWhatTransformersWrites() throws IOException {
        try (Stream<Path> folders = Files.list(Fixtures.root())) {
            return folders.filter(folder -> Files.exists(folder.resolve("chats.json"))).sorted().toList().stream()
                    .flatMap(folder -> tests(
                            folder.getFileName().toString(),
                            read(ModelFiles.folder(folder)),
                            new Fixture(folder).json("chats.json")));
        }
    }

    private static Stream<DynamicTest> tests(String name, ChatTemplate template, JsonNode chats) {
        assertThat(chats).isNotEmpty();
        return elements(chats)
                .map(chat -> DynamicTest.dynamicTest(name + ": " + chat, () -> {
                    List<Message> messages = new ArrayList<>();
                    chat.required("messages")
                            .forEach(message -> messages.add(new Message(
                                    message.required("role").textValue(),
                                    message.required("content").textValue())));
                    boolean prompt = chat.required("add_generation_prompt").booleanValue();
                    String expected = chat.required("text").textValue();
                    if (expected == null) {
                        assertThatThrownBy(() -> template.render(messages, prompt))
                                .isInstanceOf(TouchstoneException.class)
                                .hasMessageContaining("the chat template refuses this conversation: ");
                    } else {
                        assertThat(template.render(messages, prompt)).isEqualTo(expected);
                    }
                }));
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** Templates after people's bug reports. Those with a date ran at this time. */
    @TestFactory
    Stream<DynamicTest> everyReportedTemplateWritesWhatTransformersWrites() throws IOException {
        Clock clock = Clock.fixed(Instant.parse("2026-11-28T22:18:13Z"), ZoneOffset.UTC);
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> cases = new ArrayList<>();
        try (InputStream file = getClass().getResourceAsStream("reported.jsonl")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                cases.add(mapper.readTree(line));
            }
        }
        assertThat(cases).hasSizeGreaterThan(250);
        return cases.stream()
                .map(entry ->
                        DynamicTest.dynamicTest(entry.required("name").textValue(), () -> checkReported(entry, clock)));
    }

    private static void checkReported(JsonNode entry, Clock clock) {
        Map<String, String> tokens = new HashMap<>();
        entry.required("special_tokens")
                .properties()
                .forEach(token -> tokens.put(token.getKey(), token.getValue().textValue()));
        ChatTemplate template = ChatTemplate.of("t", entry.required("template").textValue(), tokens);
        ChatInput input = ChatInput.of(Message.list("m", entry.required("messages")));
        compare(
                entry,
                template,
                entry.required("add_generation_prompt").booleanValue() ? input : input.withoutGenerationPrompt(),
                clock);
    }

    private static void compare(JsonNode expected, ChatTemplate template, ChatInput input, Clock clock) {
        if (expected.has("error")) {
            assertThatThrownBy(() -> template.render(input, clock))
                    .as(expected.get("error").textValue())
                    .isInstanceOf(TouchstoneException.class);
            TemplateCount.error();
        } else {
            assertThat(template.render(input, clock))
                    .isEqualTo(expected.required("text").textValue());
            TemplateCount.text();
        }
    }

    /** Templates and special tokens in all their places, and all that is passed to a template. */
    @TestFactory
    Stream<DynamicTest> everyFolderWritesWhatTransformersWrites(@TempDir Path root) throws IOException {
        JsonNode folders = new ObjectMapper()
                .readTree(Path.of(System.getProperty("touchstone.basedir", "."), "fixtures", "chat_folders.json")
                        .toFile());
        assertThat(folders.size()).isGreaterThan(70);
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode folder : folders) {
            Path path = Files.createDirectory(root.resolve("m" + tests.size()));
            for (Map.Entry<String, JsonNode> file : folder.required("files").properties()) {
                Path target = path.resolve(file.getKey());
                Files.createDirectories(target.getParent());
                JsonNode content = file.getValue();
                Files.writeString(target, content.isTextual() ? content.textValue() : content.toString());
            }
            ModelFiles files = ModelFiles.folder(path);
            Map<?, ?> tokens = (Map<?, ?>) Json.plain(folder.required("special_tokens"));
            tests.add(DynamicTest.dynamicTest(
                    "tokens of " + folder.required("files"),
                    () -> assertThat(SpecialTokens.read(files)).isEqualTo(tokens)));
            ChatTemplate template = read(files);
            for (JsonNode call : folder.required("calls")) {
                ChatInput input = input(call);
                tests.add(DynamicTest.dynamicTest(
                        call.toString(), () -> compare(call, template, input, Clock.systemDefaultZone())));
            }
        }
        return tests.stream();
    }

    private static ChatTemplate read(ModelFiles files) {
        return ChatTemplate.read(files, SpecialTokens.read(files));
    }

    private static ChatInput input(JsonNode call) {
        ChatInput input = ChatInput.of(Message.list("m", call.required("messages")));
        JsonNode continued = call.path("continue_final_message");
        if (continued.isTextual() || continued.isBoolean()) {
            input = input.continuing(continued.isTextual() ? continued.textValue() : "content");
        } else if (!call.path("add_generation_prompt").asBoolean()) {
            input = input.withoutGenerationPrompt();
        }
        if (call.has("tools")) {
            input = input.withTools((List<?>) Json.plain(call.get("tools")));
        }
        if (call.has("documents")) {
            input = input.withDocuments((List<?>) Json.plain(call.get("documents")));
        }
        if (call.has("variables")) {
            @SuppressWarnings("unchecked")
            Map<String, Object> variables = (Map<String, Object>) Json.plain(call.get("variables"));
            input = input.withVariables(variables);
        }
        return call.has("chat_template")
                ? input.withTemplate(call.get("chat_template").textValue())
                : input;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "`a\n{% if %}` ! t: the chat template fails in line 2: expected an expression",
                "{{ unheard_of() }} ! t: the chat template fails in line 1: 'unheard_of' is undefined",
                "{{ raise_exception('a`b') }} ! t: the chat template refuses this conversation: a`b",
            })
    void aTemplateThatFailsIsRefusedInOneLine(String source, String message) {
        ChatTemplate template = ChatTemplate.of("t", source.replace("\\n", "\n"), Map.of());

        assertThatThrownBy(() -> template.render(HELLO, true))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void anUnknownNameOfATemplateIsRefusedWithTheNamesThatThereAre() {
        ChatTemplate template = ChatTemplate.of("t", "x", Map.of());

        assertThatThrownBy(() -> template.render(ChatInput.of(HELLO).withTemplate("rag")))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the model has no chat template \"rag\"; choose one of default");
    }

    @Test
    void itIsFoundInEachOfItsPlaces(@TempDir Path folder) throws IOException {
        ModelFiles files = ModelFiles.folder(folder);
        Path config = folder.resolve("tokenizer_config.json");

        assertThat(read(files)).isNull();

        Files.writeString(config, "{\"bos_token\": {\"content\": \"<s>\"}, \"chat_template\": \"{{ bos_token }}a\"}");
        assertThat(read(files).render(HELLO, true)).isEqualTo("<s>a");

        Files.writeString(config, """
                {"chat_template": [{"name": "tool_use", "template": "x"}, {"name": "default", "template": "b"}]}""");
        assertThat(read(files).render(HELLO, true)).isEqualTo("b");

        Files.writeString(folder.resolve("chat_template.jinja"), "c");
        assertThat(read(files).render(HELLO, true)).isEqualTo("c");
    }
}
