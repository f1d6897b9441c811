package dev.touchstone.parity.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.taps.TapMap;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Artificial differences; the bug zoo tests real bugs. */
class SignatureTest {
    private static final TapMap MAP =
            TapMap.of(Fixtures.model(Fixtures.named("tiny-gpt2")).transformer());
    private static final int ROWS = 12;
    private static final int COLUMNS = 20;
    private static final double[] EXPECTED =
            new Random(1).doubles(ROWS * COLUMNS, -2, 2).map(x -> (float) x).toArray();

    @Test
    void aFactor() {
        reads("h.0.mlp.c_fc", i -> EXPECTED[i] * 0.5, "0.50000 times the expected values");
    }

    @Test
    void anOffset() {
        reads("h.0.mlp.c_fc", i -> EXPECTED[i] + i % COLUMNS * 0.1, "every row is off by the same vector: a bias");
    }

    @Test
    void laterPositions() {
        reads("h.0.attn.k", i -> i < 5 * COLUMNS ? EXPECTED[i] : -EXPECTED[i], "wrong only from position 5 on");
    }

    @Test
    void someColumns() {
        reads(
                "h.0.attn.k",
                i -> i % COLUMNS < 7 || i % COLUMNS > 11 ? EXPECTED[i] : 0,
                "columns 7 to 11 of 20: one head");
    }

    @Test
    void oneHead() {
        assertThat(ofHeads(i -> i / (4 * COLUMNS) == 1 ? EXPECTED[i] + i : EXPECTED[i], EXPECTED))
                .anySatisfy(clue -> assertThat(clue).startsWith("wrong only in heads [1]"));
    }

    @Test
    void anotherOrder() {
        reads(
                "h.0.attn.context",
                i -> EXPECTED[i / COLUMNS * COLUMNS + (i + 3) % COLUMNS],
                "another order within each row");
        reads("wpe", i -> EXPECTED[EXPECTED.length - 1 - i], "the right values in another order: a transpose");
    }

    @Test
    void fewerBits() {
        reads(
                "wte",
                i -> Float.intBitsToFloat(Float.floatToIntBits((float) EXPECTED[i]) & ~0xFFFF),
                "rounded to bfloat16");
    }

    @Test
    void aNaN() {
        reads("logits", i -> i == 7 ? Double.NaN : EXPECTED[i], "1 NaN");
    }

    @Test
    void onlyZeros() {
        reads("logits", i -> 0, "all elements are zero");
    }

    @Test
    void commonMistakesAreListedIfNoneFits() {
        IntToDoubleFunction noise = i -> EXPECTED[i] * Math.sin(i) + Math.cos(i * i);

        reads("h.0.attn.context", noise, "how heads are concatenated");
        reads("h.0.attn.v", noise, "q, k and v are swapped");
        reads("h.0.ln_2", noise, "what was added to the residual stream before");
        reads("h.1", noise, "what is added to the residual stream");
        reads("h.0.mlp.c_proj", noise, "whether the matrix is transposed");
    }

    @Test
    void aMask() {
        double[] masked = EXPECTED.clone();
        masked[3] = Double.NEGATIVE_INFINITY;

        assertThat(ofHeads(i -> EXPECTED[i], masked))
                .contains("1 elements should be masked but are not: the causal mask, or its alignment with the cache");
        assertThat(ofHeads(i -> masked[i], EXPECTED))
                .contains("1 elements are infinite but should not be: the mask hides too much");
    }

    /** A tap that the model does not have gets the clues that depend on its values only. */
    @Test
    void anUnknownTap() {
        reads("h.7.mlp.c_fc", i -> EXPECTED[i] * 0.5, "0.50000 times the expected values");
        reads("h.7.mlp.c_fc", i -> EXPECTED[i] * Math.sin(i) + Math.cos(i * i), "no known mistake");
    }

    private static List<String> ofHeads(IntToDoubleFunction actual, double[] expected) {
        return read("h.0.attn.scores", Tensor.of(floats(actual), 3, 4, COLUMNS), expected);
    }

    private static void reads(String tap, IntToDoubleFunction actual, String clue) {
        assertThat(String.join("; ", read(tap, Tensor.of(floats(actual), ROWS, COLUMNS), EXPECTED)))
                .contains(clue);
    }

    private static List<String> read(String tap, Tensor actual, double[] expected) {
        return Signature.read(Difference.of(tap, actual, expected), MAP, name -> null);
    }

    private static float[] floats(IntToDoubleFunction values) {
        float[] floats = new float[EXPECTED.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values.applyAsDouble(i);
        }
        return floats;
    }
}
