package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A packed batch has the same logits as Hugging Face's padded batch. */
class PaddedBatchTest {
    private static final Fixture FIXTURE = Fixtures.named("tiny-gpt2");

    /** A padded batch of Hugging Face. */
    private record Padded(long[] ids, long[] mask, int length, float[] float32, double[] truth) {
        static Padded read(String side) {
            try (Safetensors file = Safetensors.open(FIXTURE.folder().resolve("batch.safetensors"))) {
                return new Padded(
                        file.get(side + ".input_ids").longs(),
                        file.get(side + ".attention_mask").longs(),
                        file.get(side + ".input_ids").shape()[1],
                        file.get(side + ".logits").floats().data(),
                        file.get(side + ".logits#f64").doubles());
            }
        }

        /** The tokens of each row without padding. */
        List<int[]> sequences() {
            List<int[]> sequences = new ArrayList<>();
            for (int row = 0; row < ids.length; row += length) {
                sequences.add(IntStream.range(row, row + length)
                        .filter(i -> mask[i] == 1)
                        .map(i -> (int) ids[i])
                        .toArray());
            }
            return sequences;
        }

        /** The indices of all tokens that are not padding. */
        int[] tokenIndices() {
            return IntStream.range(0, mask.length).filter(i -> mask[i] == 1).toArray();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"right", "left"})
    void packedSequencesHaveTheLogitsOfPaddedSequences(String side) {
        Padded padded = Padded.read(side);
        Transformer model = Fixtures.model(FIXTURE).transformer();
        Batch batch = new Batch(padded.sequences().stream()
                .map(ids -> new Batch.Sequence(ids, model.newCache(), ids.length))
                .toList());

        Tensor logits = model.forward(batch, new ScalarKernels(), Trace.OFF);

        int vocabulary = logits.size(-1);
        int[] indices = padded.tokenIndices();
        double[] truth = new double[logits.size()];
        float[] float32 = new float[logits.size()];
        for (int row = 0; row < indices.length; row++) {
            System.arraycopy(padded.truth, indices[row] * vocabulary, truth, row * vocabulary, vocabulary);
            System.arraycopy(padded.float32, indices[row] * vocabulary, float32, row * vocabulary, vocabulary);
        }
        assertThat(padded.sequences()).hasSizeGreaterThan(1);
        assertThat(Arrays.stream(padded.mask).filter(real -> real == 0).count()).isPositive();
        assertThat(Deviation.of(logits.data(), truth).rms())
                .isLessThanOrEqualTo(
                        TapResult.MAX_RATIO * Deviation.of(float32, truth).rms());
    }
}
