package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.chat.ChatTemplate;
import dev.touchstone.model.Transformer;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Optional;

/**
 * A model ready to run.
 *
 * @param text its name, tokenizer and chat template
 */
public record LoadedModel(ModelText text, Transformer transformer, GenerationDefaults generation) {
    /** What to call it: its folder's name. */
    public String name() {
        return text.name();
    }

    /** The model's tokenizer. Throws a {@link dev.touchstone.util.TouchstoneException} if its folder has none. */
    public Tokenizer tokenizer() {
        return text.tokenizer();
    }

    /** How it wants a conversation written, if it is made for conversations. */
    public Optional<ChatTemplate> chatTemplate() {
        return text.chatTemplate();
    }

    /** The same model with another chat template, or with one if it has none. */
    public LoadedModel withChatTemplate(String place, String source) {
        return new LoadedModel(text.withChatTemplate(place, source), transformer, generation);
    }
}
