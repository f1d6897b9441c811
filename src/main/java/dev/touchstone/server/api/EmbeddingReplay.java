package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A response with embeddings that are computed again, each in one pass. */
final class EmbeddingReplay extends Replay {
    private final List<JsonObject> data;

    EmbeddingReplay(JsonObject proof, JsonObject response) {
        super(proof);
        this.data = response.objects("data");
    }

    @Override
    public String contents() {
        int tokens = 0;
        for (JsonNode ids : proof().json().path("prompt_ids")) {
            tokens += ids.size();
        }
        return counted(proof().list("embeddings").size(), "embedding", "embeddings") + " of "
                + counted(tokens, "token", "tokens");
    }

    @Override
    Optional<String> difference(LanguageModel model) {
        Embeddings.Pooling pooling = proof().choice("pooling", "", Embeddings.Pooling.NAMES);
        List<String> digests = proof().texts("embeddings");
        if (data.size() != digests.size()) {
            return Optional.of("the response has " + data.size() + " embeddings, but the digests of " + digests.size());
        }
        for (int i = 0; i < digests.size(); i++) {
            float[] ours =
                    embedding(model, ids(proof().json().path("prompt_ids").path(i)), pooling);
            if (!digests.get(i).equals(Proof.digest(ours))) {
                return Optional.of("embedding " + i + " differs: its digest is " + digests.get(i)
                        + ", computed again it is " + Proof.digest(ours));
            }
            float[] theirs = Embeddings.vector(data.get(i).json().path("embedding"));
            int c = Arrays.mismatch(theirs, ours);
            if (c >= 0) {
                return Optional.of("embedding " + i + " has the same digest but another number " + c
                        + ": the response has " + number(theirs, c) + ", computed again it is " + number(ours, c));
            }
        }
        return Optional.empty();
    }

    private static float[] embedding(LanguageModel model, int[] ids, Embeddings.Pooling pooling) {
        Tensor hidden = model.hiddenStates(ids);
        Embeddings.Pool pool = pooling.pool(ids.length);
        for (int t = 0; t < ids.length; t++) {
            pool.add(t, hidden.row(t));
        }
        return pool.vector();
    }

    private static String number(float[] vector, int index) {
        return index < vector.length ? String.valueOf(vector[index]) : "none";
    }
}
