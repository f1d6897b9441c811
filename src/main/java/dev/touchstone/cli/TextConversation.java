package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Path;

/** A chat with a model that continues text: lines and answers follow each other. */
final class TextConversation implements Conversation {
    private final LanguageModel model;
    private String text = "";

    TextConversation(LanguageModel model) {
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

    @Override
    public void system(String text) {
        throw hasNoMessages();
    }

    @Override
    public int save(Path file) {
        throw hasNoMessages();
    }

    @Override
    public int load(Path file) {
        throw hasNoMessages();
    }

    private TouchstoneException hasNoMessages() {
        return new TouchstoneException(
                model.name() + " has no chat template: it continues one text, and there are no messages");
    }

    private String prompt(String line) {
        return text.isEmpty() ? line : text + "\n" + line;
    }
}
