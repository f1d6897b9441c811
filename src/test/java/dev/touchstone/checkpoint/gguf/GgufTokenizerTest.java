package dev.touchstone.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokenizers from the metadata of GGUF files equal those of Hugging Face's library. */
class GgufTokenizerTest {
    private static List<JsonNode> entries() {
        return StreamSupport.stream(Fixtures.json("gguf-tokenizers.json").spliterator(), false)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void idsAndTextsEqualHuggingFaces(JsonNode entry) {
        ObjectNode metadata = metadata(entry.get("file").textValue());
        if (!entry.get("pre").textValue().isEmpty()) {
            metadata.set("tokenizer.ggml.pre", entry.get("pre"));
        }
        Tokenizer tokenizer = tokenizer(metadata);
        for (JsonNode text : entry.get("texts")) {
            int[] ids = IntStream.range(0, text.get("ids").size())
                    .map(i -> text.get("ids").get(i).intValue())
                    .toArray();

            assertThat(tokenizer.encode(text.get("text").textValue()))
                    .as("%s", text.get("text"))
                    .isEqualTo(ids);
            assertThat(tokenizer.decode(ids))
                    .as("%s", text.get("text"))
                    .isEqualTo(text.get("decoded").textValue());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model          | "wordpiece" | tokenizer.ggml.model is wordpiece, expected gpt2 or llama
            pre            | "default"   | tokenizer.ggml.pre is default, which is not supported; expected one of
            pre            | ""          | tokenizer.ggml.pre is missing; expected one of
            tokens         | ["a","a"]   | tokenizer.ggml.tokens contains a twice
            tokens         | [1]         | tokenizer.ggml.tokens contains 1, expected strings
            merges         | []          | tokenizer.ggml.merges is missing or empty
            merges         | ["a b c"]   | tokenizer.ggml.merges contains a b c, expected two tokens and a space
            eos_token_id   | 20000       | tokenizer.ggml.eos_token_id is 20000, expected an id below 2
            """)
    void wrongMetadataIsRefusedByName(String name, String value, String message) {
        ObjectNode metadata = metadata("gguf-byte-level.gguf");
        metadata.set("tokenizer.ggml." + name, Json.value("value", value));

        assertThatThrownBy(() -> GgufTokenizer.files("x.gguf", GgufArchitecture.LLAMA, metadata)
                        .values()
                        .forEach(Supplier::get))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("x.gguf: " + message);
    }

    /** Without the flag, the tokens of Llama 3's pre-tokenizer and of SentencePiece begin with BOS. */
    @Test
    void aBosTokenIsAddedAsTheFileSays() {
        ObjectNode metadata = metadata("gguf-sentencepiece.gguf");

        assertThat(tokenizer(metadata).encode("the")).startsWith(1);
        metadata.put("tokenizer.ggml.add_bos_token", false).put("tokenizer.ggml.add_eos_token", true);
        assertThat(tokenizer(metadata).encode("the")).doesNotContain(1).endsWith(2);
    }

    /** As {@code rstrip} in Phi-3's {@code tokenizer.json}, and in llama.cpp. */
    @Test
    void specialTokensOfPhi3RemoveTheSpacesAfterThem() {
        ObjectNode metadata = metadata("gguf-sentencepiece.gguf").put("tokenizer.ggml.add_bos_token", false);
        Tokenizer phi3 = tokenizer(GgufArchitecture.PHI3, metadata);

        assertThat(phi3.encode("</s> \n the")).isEqualTo(phi3.encode("</s>the"));
        assertThat(phi3.encode("<s> \n the")).isNotEqualTo(phi3.encode("<s>the"));
        assertThat(tokenizer(metadata).encode("</s> \n the"))
                .isNotEqualTo(tokenizer(metadata).encode("</s>the"));
    }

    private static ObjectNode metadata(String file) {
        try (Gguf gguf = Gguf.open(Fixtures.root().resolve(file))) {
            return gguf.metadata();
        }
    }

    private static Tokenizer tokenizer(ObjectNode metadata) {
        return tokenizer(GgufArchitecture.LLAMA, metadata);
    }

    private static Tokenizer tokenizer(GgufArchitecture architecture, ObjectNode metadata) {
        Map<String, Supplier<ObjectNode>> files = GgufTokenizer.files("x.gguf", architecture, metadata);
        return TokenizerFiles.read(
                "x.gguf",
                name -> Optional.ofNullable(files.get(name))
                        .map(json -> json.get().toString().getBytes(StandardCharsets.UTF_8)));
    }
}
