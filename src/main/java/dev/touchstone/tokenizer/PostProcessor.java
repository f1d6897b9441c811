package dev.touchstone.tokenizer;

import java.util.List;

/** Completes the ids of a text, for example with a token for the beginning of the text. */
@FunctionalInterface
public interface PostProcessor {
    /** Adds nothing, as in GPT-2. */
    PostProcessor NONE = (parts, addSpecial) -> parts;

    /**
     * Completes the ids of a whole text.
     *
     * @param parts the ids; after a template in a sequence of post-processors, each item of the template is a part of its
     *     own, and the next post-processor takes the first part for the text, as in Hugging Face's library
     * @param addSpecial whether to add special tokens
     */
    List<int[]> process(List<int[]> parts, boolean addSpecial);

    /** This post-processor, followed by another. */
    default PostProcessor then(PostProcessor next) {
        return (parts, addSpecial) -> next.process(process(parts, addSpecial), addSpecial);
    }
}
