package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExerciseTest {
    @TempDir
    private Path folder;

    private TinyCheckpoint tiny;

    @BeforeEach
    void anExerciseOfTwoLayersAndSixChannels() {
        tiny = new TinyCheckpoint(folder)
                .config("model_type", "exercise")
                .config("architectures", List.of("ExerciseLM"))
                .config("n_head", 1)
                .config("n_inner", 9)
                .config("tie_word_embeddings", false)
                .random("lm_head.weight", 7, 6);
        for (String h : List.of("h.0.", "h.1.")) {
            for (String module : List.of("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")) {
                tiny.without(h + module + ".weight").without(h + module + ".bias");
            }
            for (String projection : List.of("q_proj", "k_proj", "v_proj")) {
                tiny.random(h + "attn." + projection + ".weight", 6, 6);
            }
            tiny.random(h + "mlp.c_fc.weight", 9, 6).random(h + "mlp.c_fc.bias", 9);
            tiny.random(h + "mlp.c_proj.weight", 6, 9).random(h + "mlp.c_proj.bias", 6);
        }
    }

    @Test
    void hasThePartsOfTheExercise() {
        Transformer model = tiny.load().transformer();

        Block block = model.blocks().get(1);
        assertThat(model.shape()).isEqualTo(new Transformer.Shape(2, 1, 6, 6, 5, 7));
        assertThat(block.attn().output()).isNull();
        assertThat(block.attn().scoring().scale()).isEqualTo((float) (1 / Math.sqrt(6)));
        assertThat(block.mlp().activation().function()).isEqualTo(Activation.RELU);
        assertThat(model.head().weight().at(2, 3))
                .isEqualTo(tiny.tensor("lm_head.weight").at(3, 2));
    }

    @Test
    void linearLayersAreStoredWithOneRowForEachOutput() {
        Block block = tiny.load().transformer().blocks().get(0);

        Projections.Separate separate = (Projections.Separate) block.attn().projections();
        Tensor k = tiny.tensor("h.0.attn.k_proj.weight");
        assertThat(separate.k().weight().at(1, 4)).isEqualTo(k.at(4, 1)).isNotEqualTo(k.at(1, 4));
        assertThat(separate.k().bias()).isNull();
        assertThat(((Mlp) block.mlp()).up().weight().at(5, 8))
                .isEqualTo(tiny.tensor("h.0.mlp.c_fc.weight").at(8, 5));
    }

    @Test
    void moreThanOneHeadIsRefused() {
        tiny.config("n_head", 2).assertRefused("config.json: n_head is 2: the exercise has one head; expected 1");
    }

    @Test
    void itsNamesHaveNoPrefix() {
        tiny.without("ln_f.bias").assertRefused("model.safetensors holds no ln_f.bias, expected one of shape [6]");
    }
}
