package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.api.IntArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** GPT-2's real vocabulary: ids and text compared with two other libraries, on random texts. */
class Gpt2OracleTest {
    @Property(tries = 2000)
    void idsEqualHuggingFaces(@ForAll("texts") String text) {
        assertThat(Gpt2.OURS.encode(text)).isEqualTo(Gpt2.HUGGING_FACE.encode(text));
    }

    @Property(tries = 2000)
    void ordinaryIdsEqualJtokkits(@ForAll("texts") String text) {
        Assume.that(Texts.isKnownToThisJdk(text));

        assertThat(Gpt2.OURS.encodeOrdinary(text))
                .isEqualTo(Gpt2.JTOKKIT.encodeOrdinary(text).toArray());
    }

    @Property(tries = 2000)
    void textOfAnyIdsEqualsHuggingFaces(@ForAll("ids") int[] ids) {
        assertThat(Gpt2.OURS.decode(ids)).isEqualTo(Gpt2.HUGGING_FACE.decode(ids));
    }

    @Test
    void bytesOfEveryTokenEqualJtokkits() {
        assertThat(Gpt2.OURS.vocabularySize()).isEqualTo(Gpt2.END_OF_TEXT + 1);
        for (int id = 0; id <= Gpt2.END_OF_TEXT; id++) {
            IntArrayList one = new IntArrayList(1);
            one.add(id);
            assertThat(Gpt2.OURS.bytes(id)).as(Gpt2.OURS.token(id)).isEqualTo(Gpt2.JTOKKIT.decodeBytes(one));
        }
    }

    @Property(tries = 2000)
    void everyTextComesBack(@ForAll("texts") String text) {
        assertThat(Gpt2.OURS.decode(Gpt2.OURS.encode(text))).isEqualTo(text);
        assertThat(Gpt2.OURS.decode(Gpt2.OURS.encodeOrdinary(text))).isEqualTo(text);
    }

    @Property(tries = 2000)
    void streamedTextEqualsTheWholeWithoutUnpairedSurrogates(@ForAll("ids") int[] ids) {
        StreamingDecoder stream = Gpt2.OURS.stream();
        StringBuilder streamed = new StringBuilder();

        for (int id : ids) {
            String text = stream.add(id);
            assertThat(text.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
            streamed.append(text);
        }
        streamed.append(stream.flush());

        assertThat(streamed.toString()).isEqualTo(Gpt2.HUGGING_FACE.decode(ids));
    }

    @Provide
    Arbitrary<String> texts() {
        return Texts.hostile();
    }

    /** Any tokens, often single bytes, which form malformed UTF-8. */
    @Provide
    Arbitrary<int[]> ids() {
        return Arbitraries.oneOf(List.of(
                        Arbitraries.integers().between(0, 255),
                        Arbitraries.integers().between(94, 255),
                        Arbitraries.integers().between(0, Gpt2.END_OF_TEXT)))
                .array(int[].class)
                .ofMaxSize(30);
    }
}
