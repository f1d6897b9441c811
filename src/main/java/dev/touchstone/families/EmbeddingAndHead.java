package dev.touchstone.families;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.Weights;

/**
 * The first matrix and the last, which many models share. As Hugging Face does it: tied weights may be stored under either
 * name; if both are there and differ, they are not tied whatever the configuration says.
 */
record EmbeddingAndHead(Embedding embedding, Head head) {
    /**
     * With a head that has neither bias nor cap.
     *
     * @param name the embedding's, such as {@code wte}
     * @param tied {@code tie_word_embeddings}
     */
    static EmbeddingAndHead load(Weights weights, String name, boolean tied, int vocabulary, int channels) {
        return load(weights, name, "lm_head", tied, vocabulary, channels);
    }

    /** As above, with a head of another name. */
    static EmbeddingAndHead load(
            Weights weights, String name, String headName, boolean tied, int vocabulary, int channels) {
        String stored = headName + ".weight";
        boolean onlyHead = tied && weights.has(stored) && !weights.has(name + ".weight");
        if (onlyHead) {
            Matrix shared = weights.outputRows(stored, vocabulary, channels);
            return of(headName, new Embedding(name, shared), shared);
        }
        Embedding embedding = weights.embedding(name, vocabulary, channels);
        if (tied && !weights.has(stored)) {
            return of(headName, embedding, embedding.table());
        }
        if (!weights.has(stored)) {
            throw new TouchstoneException("config.json says tie_word_embeddings is false, but there is no " + stored
                    + ": set it to true if the head is " + name + ", or add the missing weights");
        }
        Matrix head = weights.outputRows(stored, vocabulary, channels);
        boolean same = tied && head.sameAs(embedding.table());
        return of(headName, embedding, same ? embedding.table() : head);
    }

    private static EmbeddingAndHead of(String headName, Embedding embedding, Matrix head) {
        return new EmbeddingAndHead(embedding, new Head(headName, head));
    }
}
