package dev.touchstone.cli;

import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * How the text of a prompt becomes token ids.
 *
 * @param chat the conversation to which a prompt is the next message, which the chat template renders; null for a text as it is
 */
record PromptEncoder(ModelText model, ChatInput chat) {
    PromptEncoder {
        if (chat != null) {
            model.requireChatTemplate();
        }
    }

    boolean isChat() {
        return chat != null;
    }

    int[] encode(String text) {
        if (chat == null) {
            return model.tokenizer().encode(text);
        }
        List<Message> messages = new ArrayList<>(chat.messages());
        messages.add(new Message("user", text));
        return model.encode(chat.withMessages(messages));
    }
}
