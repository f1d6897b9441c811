package dev.touchstone.tokenizer;

/** Completes the ids of a text, for example with a token for the beginning of the text. */
@FunctionalInterface
public interface PostProcessor {
    /** Adds nothing, as in GPT-2. */
    PostProcessor NONE = ids -> ids;

    /** The completed ids of a whole text. */
    int[] process(int[] ids);

    /** This post-processor, followed by another. */
    default PostProcessor then(PostProcessor next) {
        return ids -> next.process(process(ids));
    }
}
