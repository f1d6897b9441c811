package dev.touchstone.checkpoint;

import dev.touchstone.TouchstoneException;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.tensor.Matrix;

/**
 * The first matrix and the last, which many models share. As Hugging Face does it: tied weights may be stored under either
 * name; if both are there and differ, they are not tied whatever the configuration says.
 */
record EmbeddingAndHead(Embedding embedding, Head head) {
    private static final String HEAD = "lm_head.weight";

    /**
     * With a head that has neither bias nor cap.
     *
     * @param name the embedding's, such as {@code wte}
     * @param tied {@code tie_word_embeddings}
     */
    static EmbeddingAndHead load(Weights weights, String name, boolean tied, int vocabulary, int channels) {
        boolean onlyHead = tied && weights.has(HEAD) && !weights.has(name + ".weight");
        if (onlyHead) {
            Matrix shared = weights.outputRows(HEAD, vocabulary, channels);
            return of(new Embedding(name, shared), shared);
        }
        Embedding embedding = weights.embedding(name, vocabulary, channels);
        if (tied && !weights.has(HEAD)) {
            return of(embedding, embedding.table());
        }
        if (!weights.has(HEAD)) {
            throw new TouchstoneException("config.json says tie_word_embeddings is false, but there is no " + HEAD
                    + ": set it to true if the head is " + name + ", or add the missing weights");
        }
        Matrix head = weights.outputRows(HEAD, vocabulary, channels);
        boolean same = tied && head.sameAs(embedding.table());
        return of(embedding, same ? embedding.table() : head);
    }

    private static EmbeddingAndHead of(Embedding embedding, Matrix head) {
        return new EmbeddingAndHead(embedding, new Head("lm_head", head));
    }
}
