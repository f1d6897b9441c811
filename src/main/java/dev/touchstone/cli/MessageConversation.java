package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import dev.touchstone.util.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A chat by messages, which the chat template turns into a prompt. */
final class MessageConversation implements Conversation {
    private static final String SYSTEM = "system";

    /** Java's characters that UTF-8 cannot encode; JSON can, as escapes. */
    private static final Pattern LONE_SURROGATE = Pattern.compile("[\\ud800-\\udfff]");

    private final LanguageModel model;
    private final ChatInput opening;
    private List<Message> messages;

    MessageConversation(LanguageModel model, ChatInput opening) {
        this.model = model;
        this.opening = opening;
        this.messages = opening.messages();
    }

    @Override
    public int[] ids(String line) {
        return model.encodeChat(opening.withMessages(with(messages, new Message("user", line))));
    }

    @Override
    public void add(String line, String answer) {
        messages = with(with(messages, new Message("user", line)), new Message("assistant", answer));
    }

    @Override
    public void reset() {
        messages = messages.subList(0, systemMessages());
    }

    @Override
    public void system(String text) {
        List<Message> changed = new ArrayList<>();
        if (!text.isEmpty()) {
            changed.add(new Message(SYSTEM, text));
        }
        changed.addAll(messages.subList(systemMessages(), messages.size()));
        messages = changed;
    }

    /** 1 if the conversation begins with a system message, else 0. */
    private int systemMessages() {
        return !messages.isEmpty() && SYSTEM.equals(messages.get(0).fields().get("role")) ? 1 : 0;
    }

    @Override
    public int save(Path file) {
        if (messages.isEmpty()) {
            throw new TouchstoneException("there are no messages to save yet");
        }
        String json = messages.stream()
                .map(message -> Json.tree(message.fields()).toString())
                .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
        WholeFile.write(
                file,
                LONE_SURROGATE
                        .matcher(json)
                        .replaceAll(found ->
                                String.format("\\\\u%04x", (int) found.group().charAt(0))));
        return messages.size();
    }

    @Override
    public int load(Path file) {
        String what = file.toString();
        List<Message> read = Message.list(what, Json.value(what, Utf8.read(file)));
        if (read.isEmpty()) {
            throw new TouchstoneException(what + " holds no messages");
        }
        for (int i = 0; i < read.size(); i++) {
            if (!(read.get(i).fields().get("role") instanceof String)) {
                throw new TouchstoneException(
                        what + ": message " + i + " has no role, expected a string such as \"user\"");
            }
        }
        try {
            model.encodeChat(opening.withMessages(with(read, new Message("user", "Hello"))));
        } catch (TouchstoneException e) {
            throw new TouchstoneException(what + " cannot be continued: " + e.getMessage(), e);
        }
        messages = read;
        return messages.size();
    }

    private static List<Message> with(List<Message> messages, Message last) {
        List<Message> all = new ArrayList<>(messages);
        all.add(last);
        return all;
    }
}
