package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.chat.ChatInput;
import java.nio.file.Path;

/** What was said in a chat so far, and the prompt for the next answer. */
interface Conversation {
    /** The prompt for the answer to a line, as token ids. */
    int[] ids(String line);

    /** Adds a line and its answer. */
    void add(String line, String answer);

    /** Removes all that was said; a system message stays. */
    void reset();

    /**
     * Replaces the system message. An empty text removes it.
     *
     * @throws dev.touchstone.util.TouchstoneException if the conversation has no messages
     */
    void system(String text);

    /**
     * Writes the messages as a JSON list. Returns how many there are.
     *
     * @throws dev.touchstone.util.TouchstoneException if there are none, or if the file cannot be written
     */
    int save(Path file);

    /**
     * Replaces the messages by those of a file. Returns how many there are.
     *
     * @throws dev.touchstone.util.TouchstoneException if the file cannot be read, or if the model cannot continue its
     *     conversation; the messages stay as they are then
     */
    int load(Path file);

    /**
     * Messages if the model has a chat template, else one text.
     *
     * @param opening the messages to begin with, and what the chat template is given besides
     */
    static Conversation with(LanguageModel model, ChatInput opening) {
        return model.checkpoint().chatTemplate().isPresent()
                ? new MessageConversation(model, opening)
                : new TextConversation(model);
    }
}
