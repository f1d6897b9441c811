package dev.touchstone.explain;

import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.tokenizer.TokenText;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Says what scores mean, and remembers the tokens that were mentioned. */
final class Vocabulary {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private final Tokenizer tokenizer;
    private final Map<Integer, Piece> mentioned = new TreeMap<>();

    Vocabulary(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Every token that was asked for, by id. */
    Map<Integer, Piece> mentioned() {
        return mentioned;
    }

    void mention(int... ids) {
        for (int id : ids) {
            mentioned.computeIfAbsent(id, this::piece);
        }
    }

    /** The likeliest tokens, most likely first, of equals the first; none that is ruled out. (V) */
    List<Candidate> likeliest(float[] scores, int count) {
        double[] chances = Probabilities.softmax(scores);
        List<Candidate> best = new ArrayList<>();
        for (int id = 0; id < chances.length; id++) {
            double least = best.size() < count ? 0 : best.get(count - 1).probability();
            if (chances[id] > least) {
                int place = best.size();
                while (place > 0 && best.get(place - 1).probability() < chances[id]) {
                    place--;
                }
                best.add(place, new Candidate(id, chances[id]));
                best.subList(Math.min(count, best.size()), best.size()).clear();
            }
        }
        best.forEach(candidate -> mention(candidate.id()));
        return best;
    }

    /** A model may have scores for more tokens than there are: its vocabulary is rounded up. */
    private Piece piece(int id) {
        return id < tokenizer.vocabularySize()
                ? new Piece(
                        TokenText.quoted(tokenizer, id), HEX.formatHex(tokenizer.bytes(id)), tokenizer.isSpecial(id))
                : new Piece("\"\"", "", true);
    }
}
