package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The families' tokenizers compared with Hugging Face's library, on random texts and ids. */
class FamilyTokenizersTest {
    @Property(tries = 4000)
    void idsEqualHuggingFaces(@ForAll FamilyTokenizers family, @ForAll("texts") String text) {
        assertThat(family.ours.encode(text)).isEqualTo(family.oracle.encode(text));
    }

    @Property(tries = 4000)
    void textOfAnyIdsEqualsHuggingFacesAndStreamsAlike(
            @ForAll FamilyTokenizers family, @ForAll("picks") List<Integer> picks) {
        int[] ids = picks.stream()
                .mapToInt(pick -> pick % family.ours.vocabularySize())
                .toArray();
        String expected = family.oracle.decode(ids);

        StreamingDecoder stream = family.ours.stream();
        StringBuilder streamed = new StringBuilder();
        for (int id : ids) {
            streamed.append(stream.add(id));
        }

        assertThat(family.ours.decode(ids)).isEqualTo(expected);
        assertThat(streamed + stream.flush()).isEqualTo(expected);
    }

    @Property(tries = 1000)
    void encodeTemplatedAddsNoTokens(@ForAll FamilyTokenizers family, @ForAll("texts") String text) {
        int[] templated = family.ours.encodeTemplated(text);
        int[] whole = family.ours.encode(text);

        assertThat(whole).endsWith(templated);
        assertThat(whole.length - templated.length).isBetween(0, 1);
        assertThat(family.oracle.encodeTemplated(text)).isEqualTo(templated);
    }

    /** The bytes of the tokens, concatenated, are the text if no space is prepended. */
    @Property(tries = 1000)
    void theBytesOfTokensAreTheText(@ForAll("faithful") FamilyTokenizers family, @ForAll("texts") String text) {
        StringBuilder bytes = new StringBuilder();
        for (int id : family.ours.encodeTemplated(text)) {
            bytes.append(new String(family.ours.bytes(id), StandardCharsets.ISO_8859_1));
        }

        assertThat(new String(bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @Provide
    Arbitrary<FamilyTokenizers> faithful() {
        return Arbitraries.of(
                FamilyTokenizers.BLOOM, FamilyTokenizers.LLAMA_3, FamilyTokenizers.SMOLLM2, FamilyTokenizers.OPT);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> more = Arbitraries.of(
                "▁",
                "\t\t\t\t",
                "\t\t\t\t\t",
                " zyzzyva",
                "qqq",
                "2024",
                "a\u0308",
                "\u1100\u1161",
                "ﬁ",
                "<0x41>",
                "।",
                "。",
                "|");
        return Arbitraries.frequencyOf(Tuple.of(4, Texts.hostile()), Tuple.of(1, more))
                .list()
                .ofMaxSize(4)
                .map(parts -> String.join("", parts));
    }

    /** Often byte tokens, which form malformed UTF-8. */
    @Provide
    Arbitrary<List<Integer>> picks() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 260),
                        Arbitraries.integers().between(0, 1 << 20))
                .list()
                .ofMaxSize(20);
    }
}
