package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import java.util.List;

/** Changes text before it is tokenized, for example to a Unicode normalization form. */
@FunctionalInterface
public interface Normalizer {
    /** Leaves text unchanged, as in GPT-2. */
    Normalizer NONE = piece -> piece;

    /** The normalized text. */
    Piece normalize(Piece piece);

    /** The normalized text of a string that is not part of the input, such as an added token. */
    default String normalize(String text) {
        return normalize(new Piece(text, 0)).text();
    }

    /** Several normalizers, one after the other. */
    static Normalizer sequence(List<Normalizer> normalizers) {
        return piece -> {
            Piece normal = piece;
            for (Normalizer normalizer : normalizers) {
                normal = normalizer.normalize(normal);
            }
            return normal;
        };
    }
}
