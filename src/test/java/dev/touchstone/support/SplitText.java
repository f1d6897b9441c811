package dev.touchstone.support;

import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.Vocabulary;
import dev.touchstone.tokenizer.decoder.ByteLevelDecoder;
import dev.touchstone.tokenizer.model.WordLevel;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import dev.touchstone.tokenizer.text.ByteAlphabet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A text that is split into tokens at given bytes, also inside a character.
 *
 * @param ids the ids of the tokens
 * @param tokenizer a tokenizer with these tokens
 */
public record SplitText(int[] ids, Tokenizer tokenizer) {
    /** A tokenizer whose tokens are these texts, in order of id. */
    public static Tokenizer tokenizer(String... tokens) {
        return spelledTokenizer(List.of(tokens).stream().map(SplitText::spell).toList());
    }

    /** Splits a text before the bytes with these indices; ignores indices outside the text. */
    public static SplitText of(String text, Set<Integer> cuts) {
        String spelled = spell(text);
        List<String> tokens = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        int from = 0;
        TreeSet<Integer> ends = new TreeSet<>(cuts);
        ends.add(spelled.length());
        for (int to : ends) {
            if (to > from && to <= spelled.length()) {
                String token = spelled.substring(from, to);
                if (!tokens.contains(token)) {
                    tokens.add(token);
                }
                ids.add(tokens.indexOf(token));
                from = to;
            }
        }
        return new SplitText(ids.stream().mapToInt(Integer::intValue).toArray(), spelledTokenizer(tokens));
    }

    private static Tokenizer spelledTokenizer(List<String> tokens) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        return new Pipeline(
                new Vocabulary(ids, Normalizer.NONE),
                new Pipeline.Stages(
                        Normalizer.NONE,
                        PreTokenizer.NONE,
                        new WordLevel(ids, tokens.get(0)),
                        PostProcessor.NONE,
                        new ByteLevelDecoder(),
                        false));
    }

    /** The bytes of a text in GPT-2's byte-level alphabet. */
    private static String spell(String text) {
        return ByteAlphabet.spell(text);
    }
}
