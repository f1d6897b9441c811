package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.regex.Pattern;
import dev.touchstone.tokenizer.text.Piece;

/** Replaces every match of a pattern with a string. */
public record Replace(Pattern pattern, String content) implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        String text = piece.text();
        StringBuilder replaced = new StringBuilder(text.length());
        int[] done = {0};
        int[] fromStart = {0};
        pattern.find(text, (start, end) -> {
            replaced.append(text, done[0], start);
            fromStart[0] += Math.max(0, Math.min(start, piece.fromStart()) - done[0]);
            replaced.append(content);
            // The new text has the place of the last character that it replaces.
            fromStart[0] += end <= piece.fromStart() && (end > 0 || piece.isFirst()) ? content.length() : 0;
            done[0] = end;
        });
        if (done[0] == 0 && replaced.isEmpty()) {
            return piece;
        }
        fromStart[0] += Math.max(0, piece.fromStart() - done[0]);
        return new Piece(replaced.append(text, done[0], text.length()).toString(), fromStart[0]);
    }
}
