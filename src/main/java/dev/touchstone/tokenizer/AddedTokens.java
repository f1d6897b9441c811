package dev.touchstone.tokenizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.text.PrefixTree;
import dev.touchstone.tokenizer.unicode.Characters;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/** Finds added tokens in a text: leftmost first, and the longest of those that begin at the same place. */
final class AddedTokens {
    /** A token and its id. */
    record Entry(AddedToken token, int id) {}

    private final Map<String, Entry> tokens;
    private final PrefixTree tree;

    /** @param tokens by the text that they are found by */
    AddedTokens(Map<String, Entry> tokens) {
        this.tokens = tokens;
        this.tree = new PrefixTree(tokens.keySet());
    }

    /**
     * Passes on, in order, the ids of the tokens found and the text between them.
     *
     * @param counts which tokens are not ignored
     */
    void split(Piece piece, Predicate<AddedToken> counts, Consumer<Piece> between, IntConsumer ids) {
        String text = piece.text();
        int done = 0;
        for (int i = 0; i < text.length(); ) {
            String found = tree.longest(text, i);
            if (found == null) {
                i++;
                continue;
            }
            int start = i;
            i += found.length();
            AddedToken token = tokens.get(found).token();
            if (!counts.test(token) || token.singleWord() && !isSingleWord(text, start, i)) {
                continue;
            }
            int from = token.lstrip() ? spaceBefore(text, start, done) : start;
            if (done < from) {
                between.accept(piece.slice(done, from));
            }
            int to = token.rstrip() ? spaceAfter(text, i) : i;
            // A token of white space is found even where the token before has stripped it, except if it strips itself.
            if (from < to) {
                ids.accept(tokens.get(found).id());
                done = to;
            }
        }
        if (done < text.length()) {
            between.accept(piece.slice(done, text.length()));
        }
    }

    private static boolean isSingleWord(String text, int start, int end) {
        return !(start > 0 && Characters.isWord(text.codePointBefore(start)))
                && !(end < text.length() && Characters.isWord(text.codePointAt(end)));
    }

    /** The beginning of the white space before a token, not before what is done. */
    private static int spaceBefore(String text, int start, int done) {
        int begin = Math.max(start, done);
        while (begin > done && Characters.isWhiteSpace(text.charAt(begin - 1))) {
            begin--;
        }
        return begin;
    }

    private static int spaceAfter(String text, int end) {
        while (end < text.length() && Characters.isWhiteSpace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
