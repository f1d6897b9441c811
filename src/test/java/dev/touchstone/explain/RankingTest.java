package dev.touchstone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.support.Fixtures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class RankingTest {
    private final MentionedTokens vocabulary =
            new MentionedTokens(Fixtures.model(Fixtures.named("tiny-gpt2")).tokenizer());

    /** Each logit is read back within half a step. */
    @Test
    void allLogitsAreKeptInDescendingOrder() throws IOException {
        Random random = new Random(7);
        float[] logits = new float[333];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (9 * random.nextGaussian());
        }
        logits[5] = 300; // far from the others, so its step takes several bytes

        Ranking ranking = Ranking.of(logits, vocabulary);

        float[] sorted = logits.clone();
        Arrays.sort(sorted);
        double unit = (ranking.highest() - ranking.lowest()) / 65_535.0;
        ByteArrayInputStream bytes = new ByteArrayInputStream(new InflaterInputStream(
                        new ByteArrayInputStream(Base64.getDecoder().decode(ranking.packed())))
                .readAllBytes());
        int steps = 0;
        for (int i = 0; i < logits.length; i++) {
            int shift = 0;
            int read;
            do {
                read = bytes.read();
                steps += (read & 0x7F) << shift;
                shift += 7;
            } while (read >= 0x80);
            assertThat(ranking.highest() - unit * steps).isCloseTo(sorted[sorted.length - 1 - i], within(0.51 * unit));
        }
        assertThat(bytes.read()).isEqualTo(-1);
        assertThat(ranking.count()).isEqualTo(333);
        assertThat(ranking.ids()).hasSize(40).startsWith(5);
        assertThat(vocabulary.byId()).containsKey(5);
    }

    @Test
    void logitsThatAreNotFiniteAreLeftOut() {
        float[] logits = {1, Float.NaN, 3, Float.NEGATIVE_INFINITY, 3};

        assertThat(Ranking.of(logits, vocabulary).ids()).containsExactly(2, 4, 0);
        assertThat(Ranking.of(new float[] {Float.NaN}, vocabulary)).isNull();
    }
}
