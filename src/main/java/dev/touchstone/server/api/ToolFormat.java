package dev.touchstone.server.api;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.chat.ChatInput;
import java.util.List;

/** How a family of models writes a call of a function. */
public enum ToolFormat {
    /** {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, of Hermes and Qwen 2.5 and 3. */
    HERMES {
        @Override
        ToolCallReader reader() {
            return new HermesCalls();
        }
    },
    /** The whole answer is {@code {"name": ..., "parameters": {...}}}, of Llama 3.1 and later. */
    LLAMA {
        @Override
        ToolCallReader reader() {
            return new LlamaCalls();
        }
    };

    private static final String LLAMA_INSTRUCTION = "\"parameters\": dictionary of argument name and its value";

    abstract ToolCallReader reader();

    /** The format that the model's chat template asks for; null if it is none of these. */
    static ToolFormat of(LanguageModel model) {
        ChatInput withTools = ChatInput.of(List.of()).withTools(List.of());
        String template = model.checkpoint()
                .chatTemplate()
                .flatMap(templates -> templates.source(withTools))
                .orElse("");
        if (template.contains("<tool_call>") && template.contains("\"arguments\"")) {
            // Other models put other things than JSON between the same tags.
            return template.contains("<function=") || template.contains("<arg_key>") ? null : HERMES;
        }
        return template.contains(LLAMA_INSTRUCTION) ? LLAMA : null;
    }
}
