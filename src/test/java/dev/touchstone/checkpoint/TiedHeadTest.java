package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.Transformer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** W2: tied weights as in {@code tie_weights} of transformers 5. */
class TiedHeadTest {
    @TempDir
    private Path folder;

    private TinyCheckpoint tiny;

    @BeforeEach
    void aTinyCheckpoint() {
        tiny = new TinyCheckpoint(folder);
    }

    @Test
    void w2_aTiedHeadIsTheEmbeddingAndTakesNoMemory() {
        Transformer model = tiny.load().transformer();

        assertThat(model.head().weight()).isSameAs(model.stem().wte().table());
    }

    @Test
    void w2_anUntiedHeadIsRead() {
        Transformer model = tiny.random("lm_head.weight", 7, 6)
                .config("tie_word_embeddings", false)
                .load()
                .transformer();

        assertThat(model.head().weight().at(5, 3))
                .isEqualTo(tiny.tensor("lm_head.weight").at(3, 5));
        assertThat(model.stem().wte().table().at(5, 3))
                .isEqualTo(tiny.tensor("wte.weight").at(3, 5));
    }

    @Test
    void w2_aMissingUntiedHeadIsRefused() {
        tiny.config("tie_word_embeddings", false)
                .assertRefused("config.json says tie_word_embeddings is false, but there is no lm_head.weight");
    }

    @Test
    void aTiedHeadThatIsStoredTwiceIsInMemoryOnce() {
        Transformer model =
                tiny.with("lm_head.weight", tiny.tensor("wte.weight")).load().transformer();

        assertThat(model.head().weight()).isSameAs(model.stem().wte().table());
    }

    @Test
    void aTiedHeadThatIsStoredAndDiffersIsNotTied() {
        Transformer model = tiny.random("lm_head.weight", 7, 6).load().transformer();

        assertThat(model.head().weight().at(5, 3))
                .isEqualTo(tiny.tensor("lm_head.weight").at(3, 5));
    }

    @Test
    void tiedWeightsMayBeStoredUnderTheNameOfTheHead() {
        tiny.with("lm_head.weight", tiny.tensor("wte.weight")).without("wte.weight");

        Transformer model = tiny.prefixed().load().transformer();

        assertThat(model.head().weight()).isSameAs(model.stem().wte().table());
        assertThat(model.stem().wte().table().at(5, 3))
                .isEqualTo(tiny.tensor("lm_head.weight").at(3, 5));
    }

    @Test
    void anUntiedModelNeedsItsEmbedding() {
        tiny.random("lm_head.weight", 7, 6).without("wte.weight").config("tie_word_embeddings", false);

        tiny.assertRefused("model.safetensors holds no wte.weight, with or without the prefix transformer.");
    }
}
