package dev.touchstone.explain;

import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.tokenizer.TokenText;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the text of every token that an explanation mentions, and finds the most likely tokens of a distribution. */
final class MentionedTokens {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private final Tokenizer tokenizer;
    private final Map<Integer, Piece> tokens = new TreeMap<>();

    MentionedTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The tokens that were added, by id. */
    Map<Integer, Piece> byId() {
        return tokens;
    }

    void add(int... ids) {
        for (int id : ids) {
            tokens.computeIfAbsent(id, this::piece);
        }
    }

    /** The most likely tokens, most likely first. Of equal ones the lower id comes first; excluded tokens are left out. (V) */
    List<Candidate> mostLikely(float[] scores, int count) {
        double[] probabilities = Probabilities.softmax(scores);
        List<Candidate> best = new ArrayList<>();
        for (int id = 0; id < probabilities.length; id++) {
            double least = best.size() < count ? 0 : best.get(count - 1).probability();
            if (probabilities[id] > least) {
                int place = best.size();
                while (place > 0 && best.get(place - 1).probability() < probabilities[id]) {
                    place--;
                }
                best.add(place, new Candidate(id, probabilities[id]));
                best.subList(Math.min(count, best.size()), best.size()).clear();
            }
        }
        best.forEach(candidate -> add(candidate.id()));
        return best;
    }

    /** A model may have more logits than the tokenizer has tokens: vocabulary sizes are often rounded up. */
    private Piece piece(int id) {
        return id < tokenizer.vocabularySize()
                ? new Piece(
                        TokenText.quoted(tokenizer, id), HEX.formatHex(tokenizer.bytes(id)), tokenizer.isSpecial(id))
                : new Piece("\"\"", "", true);
    }
}
