package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Gpt2Test {
    @TempDir
    private Path folder;

    private TinyCheckpoint tiny;

    @BeforeEach
    void aTinyCheckpoint() {
        tiny = new TinyCheckpoint(folder);
    }

    @Test
    void layersHaveTheNamesOfTheirModules() {
        Transformer model = tiny.load().transformer();

        Block block = model.blocks().get(1);
        assertThat(List.of(
                        model.stem().wte().name(),
                        ((PositionTable) model.stem().wpe()).rows().name(),
                        model.stem().embedded(),
                        model.lnF().name()))
                .containsExactly("wte", "wpe", "drop", "ln_f");
        assertThat(List.of(
                        block.name(),
                        block.ln1().name(),
                        block.attn().name(),
                        block.ln2().name()))
                .containsExactly("h.1", "h.1.ln_1", "h.1.attn", "h.1.ln_2");
        assertThat(List.of(
                        fused(block).linear().name(),
                        block.attn().output().name(),
                        block.mlp().name()))
                .containsExactly("h.1.attn.c_attn", "h.1.attn.c_proj", "h.1.mlp");
        assertThat(List.of(
                        ((Mlp) block.mlp()).up().name(),
                        block.mlp().activation().name(),
                        ((Mlp) block.mlp()).down().name()))
                .containsExactly("h.1.mlp.c_fc", "h.1.mlp.act", "h.1.mlp.c_proj");
        assertThat(block.attn().layer()).isEqualTo(1);
        assertThat(model.shape()).isEqualTo(new Transformer.Shape(2, 2, 3, 6, 5, 7));
    }

    @Test
    void everyWeightIsInItsLayer() {
        Transformer model = tiny.load().transformer();

        assertThat(outputRows(model.stem().wte().table()))
                .isEqualTo(tiny.tensor("wte.weight").data());
        assertThat(outputRows(((PositionTable) model.stem().wpe()).rows().table()))
                .isEqualTo(tiny.tensor("wpe.weight").data());
        assertThat(norm(model.lnF()).gain())
                .isEqualTo(tiny.tensor("ln_f.weight").data());
        assertThat(norm(model.lnF()).bias()).isEqualTo(tiny.tensor("ln_f.bias").data());
        for (Block block : model.blocks()) {
            assertThat(norm(block.ln1()).gain()).isEqualTo(weights(block.ln1().name()));
            assertThat(norm(block.ln1()).bias()).isEqualTo(biases(block.ln1().name()));
            assertThat(norm(block.ln2()).gain()).isEqualTo(weights(block.ln2().name()));
            assertThat(norm(block.ln2()).bias()).isEqualTo(biases(block.ln2().name()));
            for (var linear : List.of(
                    fused(block).linear(),
                    block.attn().output(),
                    ((Mlp) block.mlp()).up(),
                    ((Mlp) block.mlp()).down())) {
                assertThat(inputRows(linear.weight())).isEqualTo(weights(linear.name()));
                assertThat(linear.bias()).isEqualTo(biases(linear.name()));
            }
        }
    }

    /** The shape is the same either way, so the values must be compared. */
    @Test
    void w1_theSquareProjectionIsNotTransposed() {
        Attention attn = tiny.load().transformer().blocks().get(0).attn();

        Tensor stored = tiny.tensor("h.0.attn.c_proj.weight");
        assertThat(attn.output().weight().at(1, 4)).isEqualTo(stored.at(1, 4)).isNotEqualTo(stored.at(4, 1));
    }

    @Test
    void w3_maskBuffersAreIgnoredAndNoBiasWithThem() {
        tiny.with("h.0.attn.bias", Tensor.zeros(1, 1, 5, 5)).with("h.0.attn.masked_bias", Tensor.zeros());
        tiny.with("h.1.attn.bias", Tensor.zeros(1, 1, 5, 5));

        Transformer model = tiny.load().transformer();

        assertThat(fused(model.blocks().get(0)).linear().bias()).isEqualTo(biases("h.0.attn.c_attn"));
    }

    @Test
    void w4_thePrefixMayBeMissing() {
        Transformer plain = tiny.load().transformer();

        Transformer prefixed = tiny.prefixed().load().transformer();

        assertThat(outputRows(prefixed.stem().wte().table()))
                .isEqualTo(outputRows(plain.stem().wte().table()));
        assertThat(prefixed.blocks().get(1).name()).isEqualTo("h.1");
        assertThat(norm(prefixed.lnF()).gain()).isEqualTo(norm(plain.lnF()).gain());
    }

    @Test
    void aTensorWithAndWithoutPrefixIsRefused() {
        tiny.with("transformer.ln_f.bias", Tensor.zeros(6))
                .assertRefused("holds both ln_f.bias and transformer.ln_f.bias, expected one of them");
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, 0, 0.57735026",
        "false, false, 1, 1",
        "true, true, 1, 0.28867513",
        "false, true, 1, 0.5",
    })
    void theConfigurationGivesTheScaleOfScores(boolean scaled, boolean byLayer, int layer, float expected) {
        tiny.config("scale_attn_weights", scaled).config("scale_attn_by_inverse_layer_idx", byLayer);

        assertThat(tiny.load()
                        .transformer()
                        .blocks()
                        .get(layer)
                        .attn()
                        .scoring()
                        .scale())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "gelu_new, GELU_NEW",
        "gelu_pytorch_tanh, GELU_NEW",
        "gelu, GELU",
        "relu, RELU",
    })
    void activationsHaveHuggingFacesNames(String name, Activation expected) {
        tiny.config("activation_function", name);

        assertThat(tiny.load().transformer().blocks().get(0).mlp().activation().function())
                .isEqualTo(expected);
    }

    @Test
    void missingSettingsHaveHuggingFacesDefaults() {
        Transformer model = tiny.config("n_inner", null).load().transformer();

        assertThat(norm(model.lnF()).epsilon()).isEqualTo(1e-5);
        assertThat(model.blocks().get(0).mlp().activation().function()).isEqualTo(Activation.GELU_NEW);
        assertThat(((Mlp) model.blocks().get(0).mlp()).up().weight().outputs()).isEqualTo(24);
    }

    @Test
    void sizesMayHaveTheirStandardNames() {
        for (String field : List.of("n_embd", "n_head", "n_layer", "n_positions")) {
            tiny.configWithout(field);
        }
        tiny.config("hidden_size", 6).config("num_attention_heads", 2);
        tiny.config("num_hidden_layers", 2).config("max_position_embeddings", 5).config("n_ctx", 9);

        assertThat(tiny.load().transformer().shape()).isEqualTo(new Transformer.Shape(2, 2, 3, 6, 5, 7));
    }

    @Test
    void theConfigurationGivesWidthAndEpsilon() {
        for (String h : List.of("h.0.", "h.1.")) {
            tiny.module(h + "mlp.c_fc", 6, 5).random(h + "mlp.c_proj.weight", 5, 6);
        }

        Transformer model = tiny.config("n_inner", 5)
                .config("layer_norm_epsilon", 1e-3)
                .load()
                .transformer();

        assertThat(((Mlp) model.blocks().get(1).mlp()).up().weight().outputs()).isEqualTo(5);
        assertThat(norm(model.blocks().get(1).ln2()).epsilon()).isEqualTo(1e-3);
    }

    private float[] weights(String module) {
        return tiny.tensor(module + ".weight").data();
    }

    private float[] biases(String module) {
        return tiny.tensor(module + ".bias").data();
    }

    private static LayerNorm norm(Norm norm) {
        return (LayerNorm) norm;
    }

    private static Projections.Fused fused(Block block) {
        return (Projections.Fused) block.attn().projections();
    }

    private static float[] inputRows(Matrix matrix) {
        float[] rows = new float[matrix.inputs() * matrix.outputs()];
        for (int k = 0; k < rows.length; k++) {
            rows[k] = matrix.at(k / matrix.outputs(), k % matrix.outputs());
        }
        return rows;
    }

    private static float[] outputRows(Matrix matrix) {
        float[] rows = new float[matrix.inputs() * matrix.outputs()];
        for (int k = 0; k < rows.length; k++) {
            rows[k] = matrix.at(k % matrix.inputs(), k / matrix.inputs());
        }
        return rows;
    }
}
