package dev.touchstone.tokenizer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A tokenizer made of the parts that Hugging Face's {@code tokenizer.json} lists. */
public final class Pipeline implements Tokenizer {
    private final Vocabulary vocabulary;
    private final Set<Integer> special = new HashSet<>();
    private final AddedTokens addedAsIs;
    private final AddedTokens addedNormalized;
    private final Normalizer normalizer;
    private final PreTokenizer preTokenizer;
    private final TokenModel model;
    private final Decoder decoder;

    /**
     * Refuses a vocabulary in which, together with the added tokens, an id is missing or used twice.
     *
     * @param ids the model's vocabulary; it may lack added tokens
     */
    public Pipeline(
            Map<String, Integer> ids,
            List<AddedToken> added,
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            TokenModel model,
            Decoder decoder) {
        Map<String, Integer> all = new HashMap<>(ids);
        added.forEach(token -> all.put(token.content(), token.id()));
        this.vocabulary = new Vocabulary(all);
        added.stream().filter(AddedToken::special).forEach(token -> special.add(token.id()));
        this.addedAsIs = new AddedTokens(
                added.stream().filter(Predicate.not(AddedToken::normalized)).toList());
        this.addedNormalized = new AddedTokens(added.stream()
                .filter(AddedToken::normalized)
                .map(token -> token.withContent(normalizer.normalize(token.content())))
                .toList());
        this.normalizer = normalizer;
        this.preTokenizer = preTokenizer;
        this.model = model;
        this.decoder = decoder;
    }

    @Override
    public int[] encode(String text) {
        return encode(text, true);
    }

    @Override
    public int[] encodeOrdinary(String text) {
        return encode(text, false);
    }

    private int[] encode(String text, boolean specials) {
        IntStream.Builder ids = IntStream.builder();
        addedAsIs.split(
                wellFormed(text),
                specials,
                raw -> addedNormalized.split(
                        normalizer.normalize(raw),
                        specials,
                        normal -> preTokenizer.split(normal, piece -> model.encode(piece, ids)),
                        ids),
                ids);
        return ids.build().toArray();
    }

    /** The text with U+FFFD for each half of a surrogate pair that stands alone; Java's UTF-8 encoder would write "?". */
    private static String wellFormed(String text) {
        int[] codePoints = text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }

    @Override
    public StreamingDecoder stream() {
        return new StreamingDecoder(this::token, decoder.stream());
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
        return decoder.bytes(token(id));
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = vocabulary.id(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean isSpecial(int id) {
        token(id); // refuses an unknown one
        return special.contains(id);
    }
}
