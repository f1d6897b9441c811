package dev.touchstone.tokenizer;

/** The ids of a text -> the ids a model gets, such as with a token for the beginning in front. */
@FunctionalInterface
public interface PostProcessor {
    /** Adds nothing, as GPT-2 does. */
    PostProcessor NONE = ids -> ids;

    /** The ids of a whole text, completed. */
    int[] process(int[] ids);

    /** Processes the ids of this one further, with the next one. */
    default PostProcessor then(PostProcessor next) {
        return ids -> next.process(process(ids));
    }
}
