package dev.touchstone.checkpoint.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.walk.Walk.Case;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder with a model of text and images gives the logits that {@code AutoModelForCausalLM} of Hugging Face gives, also with other settings
 * and other names of tensors, or an error where Hugging Face gives none. What only images need may be wrong here.
 */
class ImagesWalkTest {
    private static final String FOR_IMAGES = "(model\\.)?(vision_model|vision_tower|multi_modal_projector)\\..*";

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> theLanguageModelIsThatOfHuggingFace() throws IOException {
        return Walk.cases("images-walk.json").stream()
                .map(it -> DynamicTest.dynamicTest(it.toString(), () -> check(it)));
    }

    private void check(Case it) throws IOException {
        float[] logits;
        try {
            logits = LogitsCheck.logits(it, it.config(), folder);
        } catch (TouchstoneException e) {
            assertThat(it.isRefused() || isRefusedHere(it, e.getMessage()))
                    .as("%s: refused here: %s", it, e.getMessage())
                    .isTrue();
            return;
        }
        assertThat(it.isRefused() && !concernsImagesOnly(it))
                .as("%s: refused there", it)
                .isFalse();
        LogitsCheck.assertLogits(it, logits, it.logits());
    }

    private static boolean isRefusedHere(Case it, String message) {
        boolean tensors = it.hasUnusedTensors()
                && (message.contains("which the layer does not have") || message.contains("expected one of them"));
        return tensors || it.attributes().contains("architectures") && message.contains("architectures");
    }

    private static boolean concernsImagesOnly(Case it) {
        boolean missing = it.entry().path("shapes").properties().stream()
                .allMatch(shape -> shape.getKey().matches(FOR_IMAGES));
        return it.attributes().contains("vision_config") || it.attributes().isEmpty() && missing;
    }
}
