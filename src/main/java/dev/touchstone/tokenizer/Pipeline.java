package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** A tokenizer made of the components that {@code tokenizer.json} lists. */
public final class Pipeline implements Tokenizer {
    /** The stages between added tokens and ids, and the decoder. */
    public record Parts(
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            TokenModel model,
            PostProcessor postProcessor,
            Decoder decoder) {}

    private final Vocabulary vocabulary;
    private final Set<Integer> special = new HashSet<>();
    private final AddedTokens addedAsIs;
    private final AddedTokens addedNormalized;
    private final Parts parts;
    private final PreTokenizer wordsLater;

    /**
     * Throws if, in the vocabulary with the added tokens, an id is missing or used twice.
     *
     * @param ids the model's vocabulary, with or without the added tokens
     */
    public Pipeline(Map<String, Integer> ids, List<AddedToken> added, Parts parts) {
        this.parts = parts;
        this.wordsLater = parts.preTokenizer.later();
        Map<String, Integer> all = new HashMap<>(ids);
        for (AddedToken token : added) {
            Integer other = all.put(token.content(), token.id());
            if (other != null && other != token.id()) {
                throw new TouchstoneException("the token \"" + token.content() + "\" is " + other
                        + " in the vocabulary, but " + token.id() + " as an added token; a token can have one id");
            }
            if (token.special()) {
                special.add(token.id());
            }
        }
        vocabulary = new Vocabulary(all);
        addedAsIs = new AddedTokens(added.stream().filter(t -> !t.normalized()).toList());
        addedNormalized = new AddedTokens(added.stream()
                .filter(AddedToken::normalized)
                .map(t -> t.withContent(parts.normalizer.normalize(t.content())))
                .toList());
    }

    @Override
    public int[] encode(String text) {
        return encode(text, true);
    }

    @Override
    public int[] encodeOrdinary(String text) {
        return encode(text, false);
    }

    @Override
    public int[] encodeTemplated(String text) {
        return new Encoding(true).of(text);
    }

    private int[] encode(String text, boolean specials) {
        return parts.postProcessor.process(new Encoding(specials).of(text));
    }

    /** The encoding of one text. */
    private final class Encoding {
        private final boolean specials;
        private final IntStream.Builder ids = IntStream.builder();
        private PreTokenizer words = parts.preTokenizer;

        Encoding(boolean specials) {
            this.specials = specials;
        }

        int[] of(String text) {
            addedAsIs.split(wellFormed(text), specials, this::normalize, this::token);
            return ids.build().toArray();
        }

        private void normalize(String between) {
            addedNormalized.split(parts.normalizer.normalize(between), specials, this::split, this::token);
            words = wordsLater;
        }

        private void split(String text) {
            words.split(text, piece -> parts.model.encode(piece, ids));
            words = wordsLater;
        }

        private void token(int id) {
            ids.add(id);
            words = wordsLater;
        }
    }

    /** The text with U+FFFD for each unpaired surrogate; Java's UTF-8 encoder would write "?". */
    private static String wellFormed(String text) {
        int[] codePoints = text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }

    @Override
    public StreamingDecoder stream() {
        return new StreamingDecoder(this::token, parts.decoder.stream());
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public String token(int id) {
        return vocabulary.token(id);
    }

    @Override
    public byte[] bytes(int id) {
        return parts.decoder.bytes(token(id));
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = vocabulary.id(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean isSpecial(int id) {
        token(id); // throws on an unknown id
        return special.contains(id);
    }
}
