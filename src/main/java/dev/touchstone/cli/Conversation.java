package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.chat.Message;
import java.util.ArrayList;
import java.util.List;

/** The messages of a chat so far, and the prompt for the next answer. */
interface Conversation {
    /** The prompt for the answer to a line, as token ids. */
    int[] ids(String line);

    /** Adds a line and its answer. */
    void add(String line, String answer);

    /** Removes all messages. */
    void reset();

    /** Messages if the model has a chat template, else one text. */
    static Conversation with(LanguageModel model) {
        return model.checkpoint()
                .chatTemplate()
                .<Conversation>map(template -> new Messages(model))
                .orElseGet(() -> new OneText(model));
    }

    /** Messages, which the chat template turns into a prompt. */
    final class Messages implements Conversation {
        private final LanguageModel model;
        private final List<Message> messages = new ArrayList<>();

        Messages(LanguageModel model) {
            this.model = model;
        }

        @Override
        public int[] ids(String line) {
            List<Message> all = new ArrayList<>(messages);
            all.add(new Message("user", line));
            return model.encodeChat(all);
        }

        @Override
        public void add(String line, String answer) {
            messages.add(new Message("user", line));
            messages.add(new Message("assistant", answer));
        }

        @Override
        public void reset() {
            messages.clear();
        }
    }

    /** One text: lines and answers follow each other. */
    final class OneText implements Conversation {
        private final LanguageModel model;
        private String text = "";

        OneText(LanguageModel model) {
            this.model = model;
        }

        @Override
        public int[] ids(String line) {
            return model.tokenizer().encode(prompt(line));
        }

        @Override
        public void add(String line, String answer) {
            text = prompt(line) + answer;
        }

        @Override
        public void reset() {
            text = "";
        }

        private String prompt(String line) {
            return text.isEmpty() ? line : text + "\n" + line;
        }
    }
}
