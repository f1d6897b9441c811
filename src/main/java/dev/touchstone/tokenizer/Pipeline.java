package dev.touchstone.tokenizer;

import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.model.TokenModel;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import dev.touchstone.tokenizer.text.Piece;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A tokenizer made of the components that {@code tokenizer.json} lists. */
public final class Pipeline implements Tokenizer {
    /**
     * The stages between added tokens and ids, and the decoder.
     *
     * @param splitSpecial whether special tokens in a text are always encoded as ordinary text
     */
    public record Stages(
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            TokenModel model,
            PostProcessor postProcessor,
            Decoder decoder,
            boolean splitSpecial) {}

    private static final byte[] NO_BYTES = {};

    private final Vocabulary vocabulary;
    private final AddedTokens addedAsIs;
    private final AddedTokens addedNormalized;
    private final Stages stages;

    /** A tokenizer; no more tokens may be added to the vocabulary. */
    public Pipeline(Vocabulary vocabulary, Stages stages) {
        this.vocabulary = vocabulary;
        this.stages = stages;
        this.addedAsIs = vocabulary.added(false);
        this.addedNormalized = vocabulary.added(true);
    }

    @Override
    public int[] encode(String text) {
        return encode(text, !stages.splitSpecial, true);
    }

    @Override
    public int[] encodeOrdinary(String text) {
        return encode(text, false, true);
    }

    @Override
    public int[] encodeTemplated(String text) {
        return encode(text, !stages.splitSpecial, false);
    }

    private int[] encode(String text, boolean findSpecial, boolean addSpecial) {
        Predicate<AddedToken> counts = token -> findSpecial || !vocabulary.isSpecial(token);
        IntStream.Builder ids = IntStream.builder();
        addedAsIs.split(
                Piece.input(wellFormed(text)),
                counts,
                between -> addedNormalized.split(
                        stages.normalizer.normalize(between),
                        counts,
                        normal -> stages.preTokenizer.split(normal, piece -> stages.model.encode(piece.text(), ids)),
                        ids),
                ids);
        List<int[]> parts = List.of(ids.build().toArray());
        return stages.postProcessor.process(parts, addSpecial).stream()
                .flatMapToInt(IntStream::of)
                .toArray();
    }

    /** The text with U+FFFD for each unpaired surrogate; Java's UTF-8 encoder would write "?". */
    private static String wellFormed(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return text;
        }
        int[] codePoints = text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }

    @Override
    public StreamingDecoder stream() {
        return new StreamingDecoder(vocabulary::token, stages.decoder.start());
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public String token(int id) {
        String token = vocabulary.token(id);
        return token == null ? "" : token;
    }

    @Override
    public byte[] bytes(int id) {
        String token = vocabulary.token(id);
        return token == null ? NO_BYTES : Decoder.bytes(stages.decoder, token);
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = vocabulary.id(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean isSpecial(int id) {
        AddedToken token = vocabulary.added(id);
        return token != null && vocabulary.isSpecial(token);
    }
}
