package dev.touchstone.parity.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Made-up mistakes of every kind; the bug zoo has real ones. */
class SignatureTest {
    private static final int ROWS = 12;
    private static final int COLUMNS = 20;
    private static final double[] EXPECTED =
            new Random(1).doubles(ROWS * COLUMNS, -2, 2).map(x -> (float) x).toArray();

    @Test
    void aFactor() {
        reads("h.0.mlp.c_fc", i -> EXPECTED[i] * 0.5, "0.50000 times what it should be");
    }

    @Test
    void anOffset() {
        reads("h.0.mlp.c_fc", i -> EXPECTED[i] + i % COLUMNS * 0.1, "off by the same numbers in every row: a bias");
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
        List<String> clues = Signature.read(
                "h.0.attn.scores",
                floats(i -> i / (4 * COLUMNS) == 1 ? EXPECTED[i] + i : EXPECTED[i]),
                EXPECTED,
                new int[] {3, 4, COLUMNS},
                name -> null);

        assertThat(clues).anySatisfy(clue -> assertThat(clue).startsWith("wrong only in heads [1]"));
    }

    @Test
    void anotherOrder() {
        reads(
                "h.0.attn.context",
                i -> EXPECTED[i / COLUMNS * COLUMNS + (i + 3) % COLUMNS],
                "another order along each row");
        reads("wpe", i -> EXPECTED[EXPECTED.length - 1 - i], "the right numbers in another order: a transpose");
    }

    @Test
    void fewerBits() {
        reads(
                "wte",
                i -> Float.intBitsToFloat(Float.floatToIntBits((float) EXPECTED[i]) & ~0xFFFF),
                "rounded to bfloat16");
    }

    @Test
    void numbersThatAreNone() {
        reads("logits", i -> i == 7 ? Double.NaN : EXPECTED[i], "1 NaN");
    }

    @Test
    void nothingButZeros() {
        reads("logits", i -> 0, "zero everywhere");
    }

    @Test
    void theUsualSuspectsWhereNothingFits() {
        IntToDoubleFunction noise = i -> EXPECTED[i] * Math.sin(i) + Math.cos(i * i);

        reads("h.0.attn.context", noise, "heads merged otherwise");
        reads("h.0.attn.v", noise, "q, k and v swapped");
        reads("h.0.ln_2", noise, "the residual stream");
        reads("h.11", noise, "what is added to the residual stream");
        reads("h.0.mlp.c_proj", noise, "another matrix: transposed");
    }

    @Test
    void aMask() {
        double[] masked = EXPECTED.clone();
        masked[3] = Double.NEGATIVE_INFINITY;

        assertThat(Signature.read(
                        "h.0.attn.scores", floats(i -> EXPECTED[i]), masked, new int[] {3, 4, COLUMNS}, name -> null))
                .contains("1 places should be masked and are not: the causal mask, or its alignment with the cache");
        assertThat(Signature.read(
                        "h.0.attn.scores", floats(i -> masked[i]), EXPECTED, new int[] {3, 4, COLUMNS}, name -> null))
                .contains("1 places are infinite and should not be: a mask that hides too much");
    }

    private static void reads(String tap, IntToDoubleFunction actual, String clue) {
        assertThat(String.join(
                        "; ", Signature.read(tap, floats(actual), EXPECTED, new int[] {ROWS, COLUMNS}, name -> null)))
                .contains(clue);
    }

    private static float[] floats(IntToDoubleFunction values) {
        float[] floats = new float[EXPECTED.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values.applyAsDouble(i);
        }
        return floats;
    }
}
