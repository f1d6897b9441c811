package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.ChatTemplate;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How text becomes the token ids of a model. Needs no weights.
 *
 * @param name what to call the model: its folder's name
 * @param tokenizer null if its folder has none; {@link #tokenizer()} then throws
 * @param chatTemplate how it wants a conversation written, if it is made for conversations
 * @param specialTokens the texts of its special tokens by the names that chat templates use, such as {@code bos_token}
 */
public record ModelText(
        String name, Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate, Map<String, String> specialTokens) {
    private static final Pattern LONE_SURROGATE = Pattern.compile("[\\ud800-\\udfff]");

    public ModelText {
        specialTokens = Map.copyOf(specialTokens);
    }

    /** The model's tokenizer, which not every folder has: ids can be run without one. */
    @Override
    public Tokenizer tokenizer() {
        if (tokenizer == null) {
            throw new TouchstoneException(name + " has no tokenizer.json, nor vocab.json and merges.txt;"
                    + " copy the tokenizer's files to the model's, or give token ids instead of text");
        }
        return tokenizer;
    }

    /**
     * The same with another chat template, or with one if there is none.
     *
     * @param place where the template is from, for messages
     */
    public ModelText withChatTemplate(String place, String source) {
        ChatTemplate template = ChatTemplate.of(place, source, specialTokens);
        return new ModelText(name, tokenizer, Optional.of(template), specialTokens);
    }

    /** The chat template. Throws a {@link TouchstoneException} if the model has none. */
    public ChatTemplate requireChatTemplate() {
        return chatTemplate.orElseThrow(() -> new TouchstoneException(
                name + " has no chat template: it continues text and does not answer messages; give a template",
                new Remedy("chatTemplate", "FILE")));
    }

    /**
     * The text of a conversation by the model's chat template, special tokens spelled out.
     *
     * @throws TouchstoneException if the model has no chat template, if the template rejects the conversation, or if the text
     *     cannot be encoded in UTF-8
     */
    public String render(ChatInput conversation) {
        String text = requireChatTemplate().render(conversation);
        if (LONE_SURROGATE.matcher(text).find()) {
            throw new TouchstoneException(
                    "the conversation has half a character, a lone surrogate, which JSON can hold as an"
                            + " escape such as \\ud83d and UTF-8 cannot; remove it");
        }
        return text;
    }

    /** The token ids of {@link #render}. */
    public int[] encode(ChatInput conversation) {
        return tokenizer().encodeTemplated(render(conversation));
    }
}
