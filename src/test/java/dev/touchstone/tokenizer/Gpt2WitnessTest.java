package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The smallest texts for which classic tokenizer bugs give other ids, on GPT-2's real vocabulary. The expected ids are also
 * compared with Hugging Face's library and jtokkit.
 */
class Gpt2WitnessTest {
    @Test
    void t1TheAlphabetIsOfBytesNotOfCodePoints() {
        expect("é", 2634);
    }

    @Test
    void t2TheRegexMatchesTextNotMappedBytes() {
        expect("²", 31185);
        expect("foo (bar)", 21943, 357, 5657, 8);
    }

    @Test
    void t3SpacesAreThoseOfUnicode() {
        expect("\r\n\u00A0", 201, 44320);
        expect("\u3000\u3000a", 5099, 222, 5099, 222, 64);
    }

    @Test
    void t4TheLastOfSeveralSpacesBelongsToTheWord() {
        expect("  M", 220, 337);
    }

    @Test
    void t5TheRegexIsGpt2sNotThatOfLaterModels() {
        expect("  1", 220, 352);
    }

    @Test
    void t6NoTokenExtendsBeyondAWord() {
        expect("\n\u00A01", 198, 1849, 16);
    }

    @Test
    void t7LettersAndNumbersAreThoseOfUnicodeAndUnderscoreIsNeither() {
        expect("(_", 28264);
        expect("ée", 22161);
        expect("x½", 87, 23141);
    }

    @Test
    void t8ContractionsAreInLowerCase() {
        expect("'DA", 6, 5631);
        expect("'da", 1549, 64);
    }

    @Test
    void t9MergesGoByLowestRankThenLeftToRight() {
        expect("  é", 220, 38251);
        expect("aaaa", 24794);
    }

    @Test
    void t10TheLongestTokenDoesNotWin() {
        expect("Dba", 35, 7012);
    }

    @Test
    void t11ASpecialTokenIsOneInEncodeAndTextInEncodeOrdinary() {
        String text = "A<|endoftext|>B";

        assertThat(Gpt2.OURS.encode(text)).containsExactly(32, 50256, 33).isEqualTo(Gpt2.HUGGING_FACE.encode(text));
        assertThat(Gpt2.OURS.encodeOrdinary(text))
                .containsExactly(32, 27, 91, 437, 1659, 5239, 91, 29, 33)
                .isEqualTo(Gpt2.JTOKKIT.encodeOrdinary(text).toArray());
        assertThat(Gpt2.OURS.decode(32, 50256, 33)).isEqualTo(text);
        assertThat(Gpt2.OURS.isSpecial(50256)).isTrue();
        assertThat(Gpt2.OURS.isSpecial(437)).isFalse();
    }

    @Test
    void t12ATrailingSpaceIsAToken() {
        expect("a ", 64, 220);
        expect(" ", 220);
    }

    @Test
    void t13LineSeparatorsByteOrderMarkAndCarriageReturnAreKept() {
        expect("a\u0085b", 64, 126, 227, 65);
        expect("\u2028", 447, 101);
        expect("\uFEFFa\r", 171, 119, 123, 64, 201);
    }

    @Test
    void t14AnEmojiIsOneCodePoint() {
        expect("😀", 47249, 222);
    }

    /** The oracles do not accept unpaired surrogates; they do accept the replacement character. */
    @Test
    void t14AnUnpairedSurrogateIsReadAsTheReplacementCharacter() {
        expect("\uFFFD", 4210);

        assertThat(Gpt2.OURS.encode("\uD800")).containsExactly(4210);
        assertThat(Gpt2.OURS.encode("\uDE00a\uD83D")).isEqualTo(Gpt2.HUGGING_FACE.encode("\uFFFDa\uFFFD"));
    }

    @Test
    void t15AStreamHoldsIncompleteCharactersBack() {
        StreamingDecoder stream = Gpt2.OURS.stream();

        assertThat(stream.add(47249)).isEmpty();
        assertThat(stream.add(222)).isEqualTo("😀");
        assertThat(stream.add(47249)).isEmpty();
        assertThat(stream.add(64)).isEqualTo("\uFFFDa");
        assertThat(stream.add(447)).isEmpty();
        assertThat(stream.flush()).isEqualTo("\uFFFD");
        assertThat(stream.flush()).isEmpty();
        assertThat(Gpt2.HUGGING_FACE.decode(47249, 222, 47249, 64, 447)).isEqualTo("😀\uFFFDa\uFFFD");
    }

    @Test
    void t16SpacesAreNotCleanedUp() {
        expect("do n't .", 4598, 299, 470, 764);
    }

    @Test
    void t17GptTwoHasEightMergesThatBeginWithAHash() {
        assertThat(Gpt2.MERGES).hasSize(50_000).startsWith("Ġ t", "Ġ a", "h e", "i n", "r e");
        assertThat(Gpt2.MERGES.stream().filter(merge -> merge.startsWith("#"))).hasSize(8);

        expect("########", 7804);
    }

    @Test
    void t18NothingIsPrepended() {
        expect("Hello world", 15496, 995);
        expect(" Hello", 18435);
        expect("");
    }

    private static void expect(String text, int... ids) {
        assertThat(Gpt2.OURS.encode(text)).containsExactly(ids);
        assertThat(Gpt2.HUGGING_FACE.encode(text)).containsExactly(ids);
        assertThat(Gpt2.JTOKKIT.encodeOrdinary(text).toArray()).containsExactly(ids);
        assertThat(Gpt2.OURS.decode(ids)).isEqualTo(text).isEqualTo(Gpt2.HUGGING_FACE.decode(ids));
    }
}
