package dev.touchstone.checkpoint.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.chat.ChatTemplate.Message;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.support.Fixtures;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            ChatTemplate template = new ChatTemplate(
                    "t",
                    entry.required("template").textValue(),
                    Map.of(
                            "bos_token", entry.required("bos_token").textValue(),
                            "eos_token", entry.required("eos_token").textValue()));
            return tests(entry.required("name").textValue(), template, entry.required("chats"));
        });
    }

    /** A model of some size is no part of the repository; where its folder has been made, it has chats of its own. */
    @TestFactory
    Stream<DynamicTest> everyModelWritesWhatTransformersWrites() {
        return Fixtures.all().stream()
                .filter(fixture -> Files.exists(fixture.folder().resolve("chats.json")))
                .flatMap(fixture -> tests(
                        fixture.name(),
                        ChatTemplate.read(ModelFiles.folder(fixture.folder())),
                        fixture.json("chats.json")));
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "{% if %} ! cannot be used",
                "{{ messages[0].content.getClass() }} ! cannot be used",
                "{{ messages[0].content.nothing() }} ! cannot be used",
                "{{ unheard_of() }} ! cannot be used",
                "{% for m in messages if m.role == 'user' %}{% endfor %} ! uses if in a for tag, which is not supported",
                "{% for m in messages %}{{ loop.nextitem }}{% endfor %} ! uses loop.nextitem, which is not supported",
                "{{ raise_exception('a`b') }} ! t: the chat template refuses this conversation: a`b",
                "{% for a in range(900) %}{% for b in range(900) %}{{ messages }}{% endfor %}{% endfor %} ! OutputTooBigException",
            })
    void aTemplateThatFailsIsRefusedInOneLine(String source, String message) {
        assertThatThrownBy(() -> new ChatTemplate("t", source, Map.of()).render(HELLO, true))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("t: ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aTemplateSeesNothingOfTheProgram() {
        String source = "[{{ messages.class }}{{ ''.class.name }}]";

        assertThat(new ChatTemplate("t", source, Map.of()).render(HELLO, true)).isEqualTo("[]");
    }

    @Test
    void aTemplateKnowsWhatTimeItIs() {
        assertThat(new ChatTemplate("t", "{{ strftime_now('%d %b %Y') }}", Map.of()).render(HELLO, true))
                .matches("\\d\\d \\w{3} \\d{4}");
    }

    @Test
    void itIsFoundInEachOfItsPlaces(@TempDir Path folder) throws IOException {
        ModelFiles files = ModelFiles.folder(folder);
        Path config = folder.resolve("tokenizer_config.json");

        assertThat(ChatTemplate.read(files)).isNull();

        Files.writeString(config, "{\"bos_token\": {\"content\": \"<s>\"}, \"chat_template\": \"{{ bos_token }}a\"}");
        assertThat(ChatTemplate.read(files).render(HELLO, true)).isEqualTo("<s>a");

        Files.writeString(config, """
                {"chat_template": [{"name": "tool_use", "template": "x"}, {"name": "default", "template": "b"}]}""");
        assertThat(ChatTemplate.read(files).render(HELLO, true)).isEqualTo("b");

        Files.writeString(folder.resolve("chat_template.jinja"), "c");
        assertThat(ChatTemplate.read(files).render(HELLO, true)).isEqualTo("c");
    }
}
