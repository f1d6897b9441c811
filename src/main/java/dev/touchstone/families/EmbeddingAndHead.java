package dev.touchstone.families;

import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.Weights;

/**
 * The token embedding and the head, which may share one matrix. As in Hugging Face, shared weights may be stored under either name; if
 * both are stored and differ, they are not shared, whatever the configuration says.
 */
record EmbeddingAndHead(Embedding embedding, Head head) {
    /**
     * Reads both.
     *
     * @param name of the embedding, such as {@code wte}
     * @param headName of the head, such as {@code lm_head}
     * @param tied {@code tie_word_embeddings}
     */
    static EmbeddingAndHead load(Weights weights, String name, String headName, boolean tied, Shape shape) {
        int vocabulary = shape.vocabulary();
        int channels = shape.channels();
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

    /** The same with a factor on the embedding. */
    EmbeddingAndHead withScale(double scale) {
        return new EmbeddingAndHead(new Embedding(embedding.name(), embedding.table(), (float) scale), head);
    }

    /** The same with a soft cap of the logits; 0 for none. */
    EmbeddingAndHead withCap(double cap) {
        return new EmbeddingAndHead(
                embedding, new Head(head.name(), head.weight(), head.bias(), head.scale(), (float) cap));
    }

    /** The same with a factor on the logits. */
    EmbeddingAndHead withLogitScale(double scale) {
        return new EmbeddingAndHead(
                embedding, new Head(head.name(), head.weight(), head.bias(), (float) scale, head.cap()));
    }

    /** The same with a projection before the head. */
    EmbeddingAndHead withProjection(Linear projection) {
        return new EmbeddingAndHead(
                embedding, new Head(head.name(), projection, head.weight(), head.bias(), head.scale(), head.cap()));
    }

    /** The same with the bias of the head. (V) */
    EmbeddingAndHead withBias(Weights weights) {
        float[] bias = weights.vector(head.name() + ".bias", head.weight().outputs());
        return new EmbeddingAndHead(embedding, new Head(head.name(), head.weight(), bias, 0));
    }
}
