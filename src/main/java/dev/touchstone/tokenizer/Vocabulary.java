package dev.touchstone.tokenizer;

import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tokens and ids: those of the model, and the added ones. Ids may have gaps. An added token has the id that the model's
 * vocabulary gives its content, otherwise the next free one, whatever id the file gives, as in Hugging Face's library.
 */
public final class Vocabulary {
    private static final int LARGEST_GAP = 1 << 20;

    private final Map<String, Integer> ids;
    private final Normalizer normalizer;
    private final Map<String, Integer> addedIds = new HashMap<>();
    private final Map<Integer, AddedToken> added = new TreeMap<>();
    private final Set<String> special = new HashSet<>();
    private String[] tokens; // by id, as decoders read them; null in a gap

    /** Throws if an id is negative or used twice, or if nearly all ids are missing. */
    public Vocabulary(Map<String, Integer> ids, Normalizer normalizer) {
        this.ids = ids;
        this.normalizer = normalizer;
        int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        if (largest - ids.size() > LARGEST_GAP) {
            throw new TouchstoneException("the vocabulary has " + ids.size() + " tokens, but the id " + largest
                    + "; expected ids with fewer than " + LARGEST_GAP + " missing");
        }
        tokens = new String[Math.max(0, largest + 1)];
        ids.forEach(this::put);
    }

    private void put(String token, int id) {
        if (id < 0) {
            throw new TouchstoneException(
                    "the vocabulary gives \"" + token + "\" the id " + id + ", expected 0 or more");
        }
        if (tokens[id] != null) {
            throw new TouchstoneException("the vocabulary gives the id " + id + " to both \"" + tokens[id] + "\" and \""
                    + token + "\"; an id can have one token");
        }
        tokens[id] = token;
    }

    /**
     * Adds tokens, or changes the flags of those that were added before. Empty ones are ignored. The ids of new ones follow
     * the largest id of the tokens that were added before, but are at least the size of the model's vocabulary.
     */
    public void add(List<AddedToken> more) {
        int largest = added.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
        int next = Math.max(largest + 1, ids.size());
        for (AddedToken token : more) {
            if (token.content().isEmpty()) {
                continue;
            }
            Integer known = id(token.content());
            int id = known != null ? known : next++;
            String normal = token.normalized() ? normalizer.normalize(token.content()) : token.content();
            if (id >= tokens.length) {
                tokens = Arrays.copyOf(tokens, id + 1);
            }
            if (known == null || !addedIds.containsKey(token.content()) || !normal.equals(token.content())) {
                tokens[id] = normal;
            }
            addedIds.put(token.content(), id);
            added.put(id, token);
            if (token.special()) {
                special.add(token.content());
            }
        }
    }

    /** The added tokens that are matched before normalization or after it. */
    AddedTokens added(boolean normalized) {
        Map<String, AddedTokens.Entry> found = new HashMap<>();
        added.forEach((id, token) -> {
            if (token.normalized() == normalized) {
                String text = normalized ? normalizer.normalize(token.content()) : token.content();
                if (text.isEmpty()) { // it would match everywhere, which makes Hugging Face's library panic
                    throw new TouchstoneException("the normalizer leaves nothing of the added token \""
                            + token.content() + "\"; set its \"normalized\" to false");
                }
                found.putIfAbsent(text, new AddedTokens.Entry(token, id));
            }
        });
        return new AddedTokens(found);
    }

    /** The added token of an id, or null if there is none. */
    public AddedToken added(int id) {
        return has(id) ? added.get(id) : null;
    }

    private boolean has(int id) {
        return id >= 0 && id < tokens.length && tokens[id] != null;
    }

    /** The added tokens, by id. */
    public Map<Integer, AddedToken> added() {
        return added;
    }

    /** One more than the largest id. */
    int size() {
        return tokens.length;
    }

    /** The id of a token, or null if there is none. */
    public Integer id(String token) {
        Integer id = addedIds.get(token);
        return id != null ? id : ids.get(token);
    }

    /** The token of an id as decoders read it, normalized if it is an added one; null if the id has no token. */
    String token(int id) {
        if (id < 0) {
            throw new TouchstoneException("token id " + id + " is negative, expected 0 or more");
        }
        return has(id) ? tokens[id] : null;
    }

    boolean isSpecial(AddedToken token) {
        return special.contains(token.content());
    }
}
