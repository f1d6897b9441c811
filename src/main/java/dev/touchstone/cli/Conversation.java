package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.chat.ChatTemplate.Message;
import java.util.ArrayList;
import java.util.List;

/** What has been said so far, and how the model is to be asked for what comes next. */
interface Conversation {
    /** The ids to continue once this line is said. */
    int[] ids(String line);

    /** A line was said, and answered so. */
    void add(String line, String answer);

    /** Begins anew. */
    void reset();

    /** In turns, where the model has a template for them; else one text that both write. */
    static Conversation with(LanguageModel model) {
        return model.checkpoint()
                .chatTemplate()
                .<Conversation>map(template -> new Turns(model))
                .orElseGet(() -> new OneText(model));
    }

    /** Turns, each marked by the model's special tokens. */
    final class Turns implements Conversation {
        private final LanguageModel model;
        private final List<Message> messages = new ArrayList<>();

        Turns(LanguageModel model) {
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

    /** A text that goes on, line after line. */
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
