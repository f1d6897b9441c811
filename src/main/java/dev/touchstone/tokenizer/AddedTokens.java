package dev.touchstone.tokenizer;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds added tokens in a text: leftmost first, and the longest of those that begin at the same place. */
final class AddedTokens {
    private static final Pattern WORD = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE = Pattern.compile("\\s", Pattern.UNICODE_CHARACTER_CLASS);

    private final Map<Character, List<AddedToken>> byFirst; // longest first

    AddedTokens(List<AddedToken> tokens) {
        byFirst = tokens.stream()
                .filter(token -> !token.content().isEmpty())
                .sorted(Comparator.comparing(token -> -token.content().length()))
                .collect(Collectors.groupingBy(token -> token.content().charAt(0), HashMap::new, Collectors.toList()));
    }

    /** Passes on, in order, the ids of the tokens found and the text between them. */
    void split(String text, boolean findSpecial, Consumer<String> between, IntConsumer ids) {
        int done = 0;
        for (int i = 0; i < text.length(); ) {
            AddedToken token = at(text, i);
            if (token == null) {
                i++;
                continue;
            }
            int start = i;
            i += token.content().length();
            if (token.special() && !findSpecial || token.singleWord() && !isSingleWord(text, start, i)) {
                continue;
            }
            int from = token.lstrip() ? Math.max(done, spaceBefore(text, start)) : start;
            if (done < from) {
                between.accept(text.substring(done, from));
            }
            int to = token.rstrip() ? spaceAfter(text, i) : i;
            if (from < to) { // else it is white space that belongs to the token before
                ids.accept(token.id());
            }
            done = to;
        }
        if (done < text.length()) {
            between.accept(text.substring(done));
        }
    }

    private AddedToken at(String text, int start) {
        for (AddedToken token : byFirst.getOrDefault(text.charAt(start), List.of())) {
            if (text.startsWith(token.content(), start)) {
                return token;
            }
        }
        return null;
    }

    private static boolean isSingleWord(String text, int start, int end) {
        return !(start > 0 && is(WORD, text.codePointBefore(start)))
                && !(end < text.length() && is(WORD, text.codePointAt(end)));
    }

    private static int spaceBefore(String text, int start) {
        while (start > 0 && is(SPACE, text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int spaceAfter(String text, int end) {
        while (end < text.length() && is(SPACE, text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean is(Pattern kind, int codePoint) {
        return kind.matcher(Character.toString(codePoint)).matches();
    }
}
