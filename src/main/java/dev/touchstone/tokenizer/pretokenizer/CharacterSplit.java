package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.regex.Pattern;
import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Characters;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Splits text at the characters of a class, each of which is a match. */
public record CharacterSplit(IntPredicate matches, Behavior behavior) implements PreTokenizer {
    /** Removes white space: WhitespaceSplit. */
    public static final PreTokenizer WHITE_SPACE = new CharacterSplit(Characters::isWhiteSpace, Behavior.REMOVED);

    /** Removes white space and isolates punctuation: BertPreTokenizer. */
    public static final PreTokenizer BERT = WHITE_SPACE.then(punctuation(Behavior.ISOLATED));

    /** Digits: numbers, one by one or in runs. */
    public static PreTokenizer digits(boolean individual) {
        return new CharacterSplit(Characters::isNumber, individual ? Behavior.ISOLATED : Behavior.CONTIGUOUS);
    }

    /** Punctuation. */
    public static PreTokenizer punctuation(Behavior behavior) {
        return new CharacterSplit(Characters::isPunctuation, behavior);
    }

    /** CharDelimiterSplit: removes a character. */
    public static PreTokenizer delimiter(int delimiter) {
        return new CharacterSplit(c -> c == delimiter, Behavior.REMOVED);
    }

    @Override
    public void split(Piece text, Consumer<Piece> pieces) {
        new Split(this::find, behavior, false).split(text, pieces);
    }

    private void find(String text, Pattern.Matches found) {
        for (int i = 0, width; i < text.length(); i += width) {
            int c = text.codePointAt(i);
            width = Character.charCount(c);
            if (matches.test(c)) {
                found.match(i, i + width);
            }
        }
    }
}
