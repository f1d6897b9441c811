package dev.touchstone.tokenizer.model;

import dev.touchstone.tokenizer.text.PrefixTree;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * SentencePiece's unigram model (Kudo 2018, arXiv:1804.10959): of all ways to cover a piece with tokens, the one with the
 * largest sum of scores, found by the Viterbi algorithm. A character without a token has the lowest score less 10; a run of
 * such characters becomes one unknown token.
 */
public final class Unigram implements TokenModel {
    private static final double UNKNOWN_PENALTY = 10;

    /** A token of the vocabulary; its id is its index there. */
    public record Token(String text, double score) {}

    private final List<Token> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final PrefixTree tree;
    private final Integer unknownId;
    private final boolean byteFallback;
    private final double unknownScore;

    /**
     * @param tokens the vocabulary; of equal tokens the last counts
     * @param unknownId the index of the unknown token, or null if there is none
     * @param byteFallback whether an unknown run becomes byte tokens such as {@code <0xE2>}, if the vocabulary has all of them
     */
    public Unigram(List<Token> tokens, Integer unknownId, boolean byteFallback) {
        if (unknownId != null && (unknownId < 0 || unknownId >= tokens.size())) {
            throw new TouchstoneException("unk_id is " + unknownId + ", expected an index of the vocabulary, which has "
                    + tokens.size() + " tokens");
        }
        this.tokens = tokens;
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id).text(), id);
        }
        this.tree = new PrefixTree(ids.keySet());
        this.unknownId = unknownId;
        this.byteFallback = byteFallback;
        this.unknownScore = tokens.stream().mapToDouble(Token::score).min().orElse(0) - UNKNOWN_PENALTY;
    }

    /** The ids of the tokens. */
    public Map<String, Integer> ids() {
        return ids;
    }

    @Override
    public void encode(String piece, IntConsumer out) {
        int n = piece.length();
        double[] score = new double[n + 1]; // of the best cover of the text up to here
        int[] start = new int[n + 1]; // of its last token
        int[] id = new int[n + 1];
        Arrays.fill(start, -1);
        for (int i = 0; i < n; i += Character.charCount(piece.codePointAt(i))) {
            int from = i;
            int single = i + Character.charCount(piece.codePointAt(i));
            boolean[] hasSingle = {false};
            tree.find(piece, i, token -> {
                int to = from + token.length();
                int tokenId = ids.get(token);
                double sum = tokens.get(tokenId).score() + score[from];
                if (start[to] < 0 || sum > score[to]) {
                    score[to] = sum;
                    start[to] = from;
                    id[to] = tokenId;
                }
                hasSingle[0] |= to == single;
            });
            double sum = unknownScore + score[i];
            if (!hasSingle[0] && (start[single] < 0 || sum > score[single])) {
                score[single] = sum;
                start[single] = i;
                id[single] = unknownId(piece);
            }
        }
        Deque<String> cover = new ArrayDeque<>();
        for (int end = n; end > 0; ) {
            int begin = start[end];
            while (begin > 0 && isUnknown(id[end]) && isUnknown(id[begin])) {
                begin = start[begin]; // a run of unknown characters
            }
            cover.addFirst(piece.substring(begin, end));
            end = begin;
        }
        cover.forEach(text -> put(text, out));
    }

    private boolean isUnknown(int id) {
        return unknownId != null && id == unknownId;
    }

    private int unknownId(String piece) {
        if (unknownId == null) {
            throw new TouchstoneException("the vocabulary has neither the characters of \"" + piece
                    + "\" nor an unknown token; use characters" + " that it has");
        }
        return unknownId;
    }

    private void put(String text, IntConsumer out) {
        Integer id = ids.get(text);
        if (id != null) {
            out.accept(id);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] fallback = new int[bytes.length];
        boolean hasAll = byteFallback;
        for (int i = 0; i < bytes.length && hasAll; i++) {
            Integer ofByte = ids.get("<0x%02X>".formatted(bytes[i] & 0xFF));
            hasAll = ofByte != null;
            fallback[i] = hasAll ? ofByte : 0;
        }
        if (hasAll) {
            Arrays.stream(fallback).forEach(out);
        } else {
            out.accept(unknownId(text));
        }
    }
}
