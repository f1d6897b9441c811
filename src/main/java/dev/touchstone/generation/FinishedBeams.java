package dev.touchstone.generation;

import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;

/** The best finished sequences of a beam search, at most as many as there are beams. */
final class FinishedBeams {
    private final Beams beams;
    private final int maxNewTokens;
    private final List<Text> texts = new ArrayList<>(); // best first

    private record Text(int[] ids, double score) {}

    FinishedBeams(Beams beams, int maxNewTokens) {
        this.beams = beams;
        this.maxNewTokens = maxNewTokens;
    }

    /** Keeps the sequence if it is among the best; of equal ones the earlier is better. */
    void add(int[] ids, double logProbability, int length) {
        Text text = new Text(ids, beams.score(logProbability, length));
        int place = texts.size();
        while (place > 0 && texts.get(place - 1).score < text.score) {
            place--;
        }
        texts.add(place, text);
        if (texts.size() > beams.count()) {
            texts.remove(beams.count());
        }
    }

    /** Whether to stop, given the best unfinished beam and its length in new tokens. */
    boolean enough(double logProbability, int length) {
        if (texts.size() < beams.count()) {
            return false;
        }
        boolean longerIsBetter = beams.earlyStopping() == EarlyStopping.NEVER && beams.lengthPenalty() > 0;
        double hope = beams.score(logProbability, longerIsBetter ? maxNewTokens : length);
        return beams.earlyStopping() == EarlyStopping.TRUE || hope <= texts.get(beams.count() - 1).score;
    }

    /** The ids of the best sequence, prompt included. */
    int[] best() {
        if (texts.isEmpty()) {
            throw new TouchstoneException(
                    "every token is ruled out, so no beam can be continued; allow more repetition",
                    new Remedy("noRepeatNgram"));
        }
        return texts.get(0).ids;
    }
}
