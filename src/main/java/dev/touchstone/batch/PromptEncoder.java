package dev.touchstone.batch;

import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * How the text of a prompt becomes token ids.
 *
 * @param chat the conversation to which a prompt is the next message, which the chat template renders; null for a
 *     text as it is
 */
public record PromptEncoder(ModelText model, ChatInput chat) {
    public PromptEncoder {
        if (chat != null) {
            model.requireChatTemplate();
        }
    }

    public boolean isChat() {
        return chat != null;
    }

    public int[] encode(String text) {
        if (chat == null) {
            return model.tokenizer().encode(text);
        }
        List<Message> messages = new ArrayList<>(chat.messages());
        messages.add(new Message("user", text));
        return model.encode(chat.withMessages(messages));
    }
}
