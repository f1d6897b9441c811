package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.Gpt2;
import dev.touchstone.tokenizer.StreamingDecoder;
import dev.touchstone.tokenizer.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Checks of GPT-2's tokenizer with its real vocabulary, against Hugging Face's tokenizer. */
final class TokenizerChecks {
    private static final List<String> WITNESSES = List.of(
            "é",
            "²",
            "foo (bar)",
            "\r\n\u00A0",
            "\u3000\u3000a",
            "  M",
            "  1",
            "\n\u00A01",
            "(_",
            "ée",
            "x½",
            "'DA",
            "'da",
            "  é",
            "aaaa",
            "aaa",
            " ½",
            "go to",
            "Dba",
            "A<|endoftext|>B",
            "a ",
            " ",
            "a\u0085b",
            "\u2028",
            "\uFEFFa\r",
            "😀",
            "do n't .",
            "########",
            "Hello world",
            " Hello",
            "",
            "It's 1234 o'clock, isn't it?",
            "The  quick\tbrown\n\n fox");

    static final Check<Tokenizer> IDS = new Check<>("the ids are Hugging Face's", tokenizer -> {
        for (String text : WITNESSES) {
            assertThat(tokenizer.encode(text)).as("ids of \"%s\"", text).isEqualTo(Gpt2.HUGGING_FACE.encode(text));
        }
    });

    static final Check<Tokenizer> HALF_A_PAIR = new Check<>(
            "a lone surrogate is encoded as U+FFFD",
            tokenizer ->
                    assertThat(tokenizer.encode("\uDE00a\uD83D")).isEqualTo(Gpt2.HUGGING_FACE.encode("\uFFFDa\uFFFD")));

    static final Check<Tokenizer> ORDINARY = new Check<>(
            "ordinary text is never encoded as a special token",
            tokenizer -> assertThat(tokenizer.encodeOrdinary("A<|endoftext|>B"))
                    .containsExactly(32, 27, 91, 437, 1659, 5239, 91, 29, 33));

    static final Check<Tokenizer> TEXT = new Check<>("the text is Hugging Face's", tokenizer -> {
        for (int[] ids :
                List.of(new int[] {4598, 299, 470, 764}, new int[] {32, 50256, 33}, new int[] {447}, new int[] {220})) {
            assertThat(tokenizer.decode(ids)).isEqualTo(Gpt2.HUGGING_FACE.decode(ids));
        }
    });

    static final Check<Tokenizer> STREAM = new Check<>("a stream emits whole characters", tokenizer -> {
        StreamingDecoder stream = tokenizer.stream();

        assertThat(stream.add(47249)).isEmpty();
        assertThat(stream.add(222)).isEqualTo("😀");
        assertThat(stream.add(447)).isEmpty();
        assertThat(stream.flush()).isEqualTo("\uFFFD");
    });

    /**
     * Measures processor time, because the machine may be busy. Linear time is some milliseconds here, quadratic time a
     * second or more.
     */
    static final Check<Tokenizer> TIME = new Check<>("a long word is encoded quickly", tokenizer -> {
        String text = "a".repeat(5_000);
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        tokenizer.encode(text);
        double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;

        assertThat(seconds).isLessThan(0.3);
    });

    static final List<Check<Tokenizer>> ALL = List.of(IDS, HALF_A_PAIR, ORDINARY, TEXT, STREAM, TIME);

    private TokenizerChecks() {}
}
