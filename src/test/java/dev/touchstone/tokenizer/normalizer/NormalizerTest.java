package dev.touchstone.tokenizer.normalizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.RunsBesideOthers;
import dev.touchstone.tokenizer.Gpt2;
import dev.touchstone.tokenizer.HuggingFace;
import dev.touchstone.tokenizer.Texts;
import dev.touchstone.tokenizer.TinyTokenizers;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Unicode normalization forms of all code points that have one, alone and between marks, compared with Hugging Face's. */
@RunsBesideOthers
class NormalizerTest {
    private static final String MARKS = "?\u0301x\u0323?\u0334\u1161\n";
    private static final Map<String, Integer> BYTES =
            TinyTokenizers.vocabulary(Gpt2.IDS.keySet().stream().limit(256).toList());

    /** Most ideographs and syllables are unchanged or follow a formula: a sample is enough. */
    private static boolean mayChange(int c) {
        boolean script = c < 0x3400 || c >= 0xA000 && c < 0xAC00 || c >= 0xF900 && c < 0x13000;
        boolean later = c >= 0x16000 && c < 0x17000 || c >= 0x1CC00 && c < 0x1F200 || c >= 0x2F800 && c < 0x2FA20;
        return script || later || c % 101 == 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"NFC", "NFKD"})
    void aFormOfEveryCodePointIsHuggingFaces(String form) {
        Map<String, ?> byteLevel = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true);
        String json = TinyTokenizers.json(Map.of(
                "normalizer",
                Map.of("type", form),
                "pre_tokenizer",
                byteLevel,
                "decoder",
                byteLevel,
                "model",
                Map.of("type", "BPE", "vocab", BYTES, "merges", List.of())));
        Tokenizer ours = TinyTokenizers.read(json);
        Map<Integer, String> texts = Texts.codePoints()
                .filter(NormalizerTest::mayChange)
                .boxed()
                .collect(Collectors.groupingBy(
                        c -> c >> 6,
                        TreeMap::new,
                        Collectors.mapping(c -> MARKS.replace("?", Character.toString(c)), Collectors.joining())));

        try (HuggingFace oracle = new HuggingFace(json)) {
            texts.forEach((block, text) -> assertThat(ours.decode(ours.encode(text)))
                    .as("block %X", block << 6)
                    .isEqualTo(ours.decode(oracle.encode(text))));
        }
    }
}
