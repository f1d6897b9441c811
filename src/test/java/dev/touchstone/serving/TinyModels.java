package dev.touchstone.serving;

import dev.touchstone.model.RandomModel;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.MadeUpFamily;
import dev.touchstone.support.SplitText;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Small models with a context of several pages, one for each way in which attention depends on positions. */
final class TinyModels {
    static final int POSITIONS = 400;
    static final Map<String, Transformer> ALL = new TreeMap<>();

    static {
        Transformer.Shape shape = new Transformer.Shape(2, 2, 3, 6, POSITIONS, 17);
        ALL.put("learned positions", RandomModel.of(shape, 5, 1));
        ALL.put("a window in each layer", RandomModel.within(20, RandomModel.of(shape, 5, 2)));
        ALL.put("a window longer than a page", RandomModel.within(70, RandomModel.of(shape, 5, 3)));
        ALL.put("windows, rotary embeddings, groups", longer(MadeUpFamily.model()));
        ALL.put("ALiBi", fixture("tiny-bloom"));
        ALL.put("Gemma 2", fixture("tiny-gemma2"));
        ALL.put("Llama 3", fixture("tiny-llama3"));
        ALL.put("Mistral", fixture("tiny-mistral"));
    }

    private TinyModels() {}

    private static Transformer fixture(String name) {
        return longer(Fixtures.model(Fixtures.named(name)).transformer());
    }

    /** A model without a table of positions, with a longer context. */
    private static Transformer longer(Transformer model) {
        Transformer.Shape s = model.shape();
        Transformer.Shape shape = new Transformer.Shape(
                s.layers(), s.heads(), s.keyValueHeads(), s.headSize(), s.channels(), POSITIONS, s.vocabulary());
        return new Transformer(shape, model.stem(), model.rotaries(), model.blocks(), model.lnF(), model.head());
    }

    /** A tokenizer for any of the models. Its tokens are words of the letters a, b and c, so that stop strings are frequent. */
    static Tokenizer tokenizer() {
        return SplitText.tokenizer(
                IntStream.range(0, 60).mapToObj(TinyModels::word).toArray(String[]::new));
    }

    /** The words of three letters in order: a, b, c, aa, ab and so on. */
    private static String word(int id) {
        char letter = (char) ('a' + id % 3);
        return id < 3 ? "" + letter : word(id / 3 - 1) + letter;
    }

    /** The memory of {@code count} pages of a model. */
    static long bytes(Transformer model, int count) {
        return count * model.caches().pageBytes();
    }
}
