package dev.touchstone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.touchstone.LanguageModel;
import dev.touchstone.serving.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LangChain4j's client, which others wrote: chats, streams, calls of functions, embeddings, errors. */
@Timeout(120)
class ClientsTest {
    private static final String TEMPLATE = "{% if tools %}<tool_call>{\"name\": n, \"arguments\": a}{% endif %}"
            + "{% for m in messages %}[{{ m.role }}:{{ m.content }}]{% endfor %}>";
    private static final String KEY = "secret";

    @TempDir
    private Path folder;

    private static TestServer open(LanguageModel model) {
        return TestServer.of(model, ServerOptions.defaults().withKeys(List.of(KEY)), Limits.defaults());
    }

    private static String url(TestServer server) {
        return "http://127.0.0.1:" + server.server.port() + "/v1";
    }

    private static ChatRequest.Builder request() {
        return ChatRequest.builder().messages(SystemMessage.from("Be kind."), UserMessage.from("Hi"));
    }

    private static OpenAiChatModel chat(TestServer server, LanguageModel model) {
        return OpenAiChatModel.builder()
                .baseUrl(url(server))
                .apiKey(KEY)
                .modelName(model.name())
                .temperature(0.0)
                .build();
    }

    @Test
    void aChatAndAStreamHaveTheSameText() {
        try (LanguageModel model = Scripted.chat(folder, "Hello, you \u20ac", TEMPLATE);
                TestServer server = open(model)) {
            OpenAiChatModel chat = chat(server, model);
            OpenAiStreamingChatModel streaming = OpenAiStreamingChatModel.builder()
                    .baseUrl(url(server))
                    .apiKey(KEY)
                    .modelName(model.name())
                    .temperature(0.0)
                    .build();
            List<String> parts = new ArrayList<>();
            CompletableFuture<ChatResponse> streamed = new CompletableFuture<>();

            ChatResponse whole = chat.chat(request().build());
            streaming.chat(request().build(), new StreamingChatResponseHandler() {
                @Override
                public void onPartialResponse(String part) {
                    parts.add(part);
                }

                @Override
                public void onCompleteResponse(ChatResponse response) {
                    streamed.complete(response);
                }

                @Override
                public void onError(Throwable error) {
                    streamed.completeExceptionally(error);
                }
            });

            assertThat(whole.aiMessage().text()).isEqualTo("Hello, you \u20ac");
            assertThat(whole.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(whole.tokenUsage().outputTokenCount()).isEqualTo(15);
            assertThat(streamed.join().aiMessage().text())
                    .isEqualTo(whole.aiMessage().text());
            assertThat(streamed.join().tokenUsage()).isEqualTo(whole.tokenUsage());
            assertThat(String.join("", parts)).isEqualTo(whole.aiMessage().text());
            assertThat(parts).hasSizeGreaterThan(5);
        }
    }

    @Test
    void aFunctionIsCalled() {
        String script = "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}</tool_call>";
        try (LanguageModel model = Scripted.chat(folder, script, TEMPLATE);
                TestServer server = open(model)) {
            OpenAiChatModel chat = chat(server, model);
            ToolSpecification weather = ToolSpecification.builder()
                    .name("weather")
                    .description("The weather in a city")
                    .parameters(
                            JsonObjectSchema.builder().addStringProperty("city").build())
                    .build();

            ChatResponse response =
                    chat.chat(request().toolSpecifications(weather).build());

            ToolExecutionRequest call =
                    response.aiMessage().toolExecutionRequests().get(0);
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).isEqualTo("{\"city\":\"Oslo\"}");
            assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        }
    }

    @Test
    void embeddingsAndErrorsAreUnderstood() {
        try (LanguageModel model = Scripted.chat(folder, "x", TEMPLATE);
                TestServer server = open(model)) {
            OpenAiEmbeddingModel embeddings = OpenAiEmbeddingModel.builder()
                    .baseUrl(url(server))
                    .apiKey(KEY)
                    .modelName(model.name())
                    .build();
            OpenAiChatModel wrongKey = OpenAiChatModel.builder()
                    .baseUrl(url(server))
                    .apiKey("wrong")
                    .modelName(model.name())
                    .maxRetries(0)
                    .build();

            assertThat(embeddings.embed("A text").content().vector()).hasSize(12);
            assertThatThrownBy(() -> wrongKey.chat("Hi")).hasMessageContaining("the API key is wrong");
        }
    }
}
