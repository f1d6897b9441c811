package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.chat.ChatTemplate;
import dev.touchstone.model.Transformer;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.Optional;

/**
 * A model ready to run.
 *
 * @param name what to call it: its folder's name
 * @param chatTemplate how it wants a conversation written, if it is made for conversations
 * @param tokenizer null if its folder has none; {@link #tokenizer()} then throws
 */
public record LoadedModel(
        String name,
        Transformer transformer,
        Tokenizer tokenizer,
        GenerationDefaults generation,
        Optional<ChatTemplate> chatTemplate) {
    /** The model's tokenizer, which not every folder has: ids can be run without one. */
    @Override
    public Tokenizer tokenizer() {
        if (tokenizer == null) {
            throw new TouchstoneException(name + " has no tokenizer.json, nor vocab.json and merges.txt;"
                    + " copy the tokenizer's files to the model's, or give token ids instead of text");
        }
        return tokenizer;
    }
}
