package dev.touchstone.checkpoint.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.walk.Walk.Case;
import dev.touchstone.checkpoint.walk.WalkCount.Effect;
import dev.touchstone.support.RunsBesideOthers;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Missing tensors, further ones, other names and other shapes give the logits of Hugging Face, or an error where it gives none. Only a
 * further tensor of a layer that the model has is an error here and ignored there.
 */
@RunsBesideOthers
class NamesWalkTest {
    @TempDir
    private Path folder;

    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD) // they write to one folder
    Stream<DynamicTest> theTensorsOfAFileAreThoseThatHuggingFaceLoads() throws IOException {
        return Walk.cases("names-walk.json").stream()
                .map(it -> DynamicTest.dynamicTest(it.toString(), () -> check(it)));
    }

    private void check(Case it) throws IOException {
        float[] logits;
        try {
            logits = LogitsCheck.logits(it, it.config(), folder);
        } catch (TouchstoneException e) {
            assertThat(e.getMessage()).as("%s", it).doesNotContain("\n");
            boolean unusedTensors = it.hasUnusedTensors() && e.getMessage().contains("which the layer does not have");
            assertThat(it.isRefused() || unusedTensors)
                    .as("%s: refused here: %s", it, e.getMessage())
                    .isTrue();
            WalkCount.NAMES.add(it.isRefused() ? Effect.REFUSED_BY_BOTH : Effect.REFUSED_HERE);
            return;
        }
        assertThat(it.isRefused()).as("%s: refused there", it).isFalse();
        LogitsCheck.assertLogits(it, logits, it.logits());
        WalkCount.NAMES.add(it.changesLogits() ? Effect.OTHER_LOGITS : Effect.SAME_LOGITS);
    }
}
