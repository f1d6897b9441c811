package dev.touchstone.checkpoint.chat;

import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;

/**
 * Hugging Face's {@code continue_final_message}: the text of a conversation ends within its last message. A mark is put behind what
 * that message says, and the text is cut there.
 */
final class Continuation {
    /** Other names that templates have for {@code reasoning_content}. */
    static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    /** The space at its end shows whether the template strips spaces there. */
    private static final String MARK = "CONTINUE_FINAL_MESSAGE_TAG ";

    private final String field;
    private final String said;

    private Continuation(String field, String said) {
        this.field = field;
        this.said = said;
    }

    /** Puts the mark into the last of the messages. */
    static Continuation mark(List<Map<String, Object>> messages, String field, String template) {
        Map<String, Object> last = new LinkedHashMap<>(messages.get(messages.size() - 1));
        Object content = last.get(field);
        if (content == null) {
            throw refusal(field, "the last message does not have it");
        }
        List<String> fields = REASONING.contains(field)
                ? REASONING.stream()
                        .filter(name -> content.equals(last.get(name)))
                        .toList()
                : List.of(field);
        if (fields.stream().noneMatch(template::contains)) {
            throw refusal(field, "the template does not read it");
        }
        String said;
        if (content instanceof List<?> parts) {
            List<Object> marked = new ArrayList<>(parts);
            said = mark(marked, field);
            last.put(field, marked);
        } else if (content instanceof String text) {
            said = text;
            fields.forEach(name -> last.put(name, text + MARK));
        } else {
            throw refusal(field, "it is no text");
        }
        messages.set(messages.size() - 1, last);
        return new Continuation(field, said);
    }

    /** Puts the mark into the last part that has a text. */
    private static String mark(List<Object> parts, String field) {
        for (ListIterator<Object> all = parts.listIterator(parts.size()); all.hasPrevious(); ) {
            if (all.previous() instanceof Map<?, ?> part && part.get("text") instanceof String text) {
                Map<Object, Object> marked = new LinkedHashMap<>(part);
                marked.put("text", text + MARK);
                all.set(marked);
                return text;
            }
        }
        throw refusal(field, "no part of it is text");
    }

    /** The text up to the mark. */
    String cut(String text) {
        String mark = MARK.strip();
        int end = text.lastIndexOf(mark);
        if (end < 0 || !text.contains(Text.strip(said, null, true, true))) {
            throw refusal(field, "the template leaves it out or changes it");
        }
        String before = text.substring(0, end);
        return text.startsWith(MARK, end) ? before : Text.strip(before, null, false, true);
    }

    private static TouchstoneException refusal(String field, String why) {
        return new TouchstoneException("the last message cannot be continued at \"" + field + "\": " + why);
    }
}
