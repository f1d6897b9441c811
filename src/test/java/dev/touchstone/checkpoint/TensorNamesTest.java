package dev.touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.weights.ReadOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names of tensors on disk: those that {@code from_pretrained} of transformers 5.23 loads, and those that it reports as unexpected
 * or missing.
 */
class TensorNamesTest {
    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();
    private TinyCheckpoint tiny;

    @BeforeEach
    void aTinyCheckpoint() {
        tiny = new TinyCheckpoint(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "transformer.", "transformer.transformer."})
    void theBaseModelsPrefixMayBeMissingOrTwice(String prefix) {
        float[] embedding = tiny.tensor("wte.weight").data();

        LoadedModel model = load(name -> prefix + name);

        assertThat(model.transformer().stem().wte().table().at(5, 0)).isEqualTo(embedding[5]);
        assertThat(warnings).isEmpty();
    }

    @Test
    void theHeadMayHaveThePrefixToo() {
        tiny.config("tie_word_embeddings", false).random("lm_head.weight", 7, 6);
        float[] head = tiny.tensor("lm_head.weight").data();

        LoadedModel model = load(name -> "transformer." + name);

        assertThat(model.transformer().head().weight().at(5, 0)).isEqualTo(head[5]);
    }

    @Test
    void aThirdPrefixIsRefused() {
        tiny.renamed(name -> "transformer.transformer.transformer." + name)
                .assertRefused("model.safetensors holds no wte.weight");
    }

    @Test
    void twoNamesOfOneTensorAreRefused() {
        tiny.random("transformer.ln_f.bias", 6)
                .assertRefused("holds both ln_f.bias and transformer.ln_f.bias, expected one of them");
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "_orig_mod."})
    void namesOfAWrapperAreRefusedWithTheCommandThatRenamesThem(String wrapper) {
        tiny.renamed(name -> wrapper + name)
                .assertRefused("names begin with " + wrapper
                        + " because a wrapper of the model was saved; remove that from" + " them with python -c");
    }

    @Test
    void namesOfTensorFlowAreRefused() {
        tiny.renamed(name ->
                        name.replaceAll("(ln_\\w+)\\.weight", "$1.gamma").replaceAll("(ln_\\w+)\\.bias", "$1.beta"))
                .assertRefused(
                        "there is h.0.ln_1.gamma, its name in TensorFlow, which Hugging Face does not load either;"
                                + " rename gamma to weight and beta to bias");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h.0.attn.bias",
                "h.1.attn.masked_bias",
                "rotary_emb.inv_freq",
                "h.0.attn.rotary_emb.inv_freq",
                "h.0.attn.rotary_emb.cos_cached"
            })
    void buffersOfOldVersionsAreIgnored(String buffer) {
        tiny.random(buffer, 3);

        load(name -> "transformer." + name);

        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            score.weight | 1 tensors of layers that the model does not have: score
            v_head.summary.bias | 1 tensors of layers that the model does not have: v_head.summary
            mtp.0.attn.c_attn.weight | 1 tensors of layers that the model does not have: mtp.0
            h.2.ln_1.weight, h.2.attn.c_attn.weight, h.10.ln_1.bias | 3 tensors of layers that the model does not have: h.10, h.2
            a.x, b.x, c.x, d.x, e.x, f.x | 6 tensors of layers that the model does not have: a, b, c, d, e, ...
            """)
    void oneWarningCountsTheTensorsOfOtherLayers(String names, String warning) {
        for (String name : names.split(", ")) {
            tiny.random(name, 3);
        }

        load(name -> name);

        assertThat(warnings).containsExactly("ignored " + warning);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h.0.attn.c_attn.g_idx", "h.1.attn.q_norm.weight", "ln_f.scale", "wte.bias"})
    void anUnknownTensorOfAKnownLayerIsRefused(String name) {
        tiny.random(name, 3).assertRefused("model.safetensors holds " + name + ", which the layer does not have");
    }

    private LoadedModel load(UnaryOperator<String> name) {
        return Checkpoint.load(tiny.renamed(name).write(), ReadOptions.DEFAULT.warnings(warnings::add));
    }
}
