package dev.touchstone.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each format of a tokenizer's files, and malformed files, each with a message of one line that names the place. */
class TokenizerFilesTest {
    private static final String VOCAB =
            "{\"a\": 0, \"b\": 1, \"#\": 2, \"ab\": 3, \"##\": 4, \"#a\": 5, \"<|endoftext|>\": 6}";
    private static final String JSON = """
            {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
             "added_tokens": [{"id": 6, "content": "<|endoftext|>", "special": true, "normalized": false}],
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
             "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": %s, "merges": ["a b", "# #", "# a"]}}
            """.formatted(VOCAB);

    @Test
    void tokenizerJsonHasMergesAsStrings() {
        expectIds(read(JSON));
    }

    @Test
    void tokenizerJsonIsReadFromItsFolder(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), JSON);

        expectIds(TokenizerFiles.read(folder));
    }

    @Test
    void tokenizerJsonHasMergesAsPairs() {
        expectIds(
                read(JSON.replace("[\"a b\", \"# #\", \"# a\"]", "[[\"a\", \"b\"], [\"#\", \"#\"], [\"#\", \"a\"]]")));
    }

    @Test
    void theTypeOfTheModelMayBeMissing() {
        expectIds(read(JSON.replace("\"type\": \"BPE\",", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#version: 0.2\na b\n# #\n# a\n",
                "a b\n# #\n# a",
                "#version: 0.2\r\na b\r\n# #\r\n# a\r\n\r\n",
                "\na b\n# #\n# a\n\n"
            })
    void mergesTxtMayHaveAHeader(String merges) {
        expectIds(read(Map.of("vocab.json", VOCAB, "merges.txt", merges)));
    }

    @Test
    void tokenizerJsonComesFirst() {
        Map<String, String> files = Map.of("tokenizer.json", JSON, "vocab.json", "broken", "merges.txt", "broken");

        expectIds(read(files));
    }

    @Test
    void aTemplatePrependsAToken() {
        Tokenizer tokenizer = read(JSON.replace("\"post_processor\": null", """
                "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"},
                 {"type": "TemplateProcessing", "pair": [],
                  "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                  "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [6], "tokens": ["<|endoftext|>"]}}}]}\
                """));

        assertThat(tokenizer.encode("ab")).containsExactly(6, 3);
    }

    @Test
    void aFolderWithoutATokenizerThrows(@TempDir Path folder) {
        assertThatThrownBy(() -> TokenizerFiles.read(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage(folder + " has no tokenizer.json, nor vocab.json and merges.txt;"
                        + " copy the tokenizer's files to the model's");
    }

    @Test
    void aVocabularyWithoutMergesThrows(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("vocab.json"), VOCAB);

        assertThatThrownBy(() -> TokenizerFiles.read(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("has no merges.txt, which belongs to its vocab.json");
    }

    @Test
    void aFolderInPlaceOfAFileThrows(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("tokenizer.json"));

        assertThatThrownBy(() -> TokenizerFiles.read(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("tokenizer.json cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // text of the file | its replacement | the message
                "{\"version\"  | [{\"version\" | m/tokenizer.json is not valid JSON at line ",
                "\"type\": \"BPE\"  | \"type\": \"Unigram\" | m/tokenizer.json: model type \"Unigram\" is not supported; supported are BPE, WordLevel",
                "\"ab\": 3  | \"ab\": 2 | gives the id 2 to both",
                "\"ab\": 3  | \"ab\": 7 | m/tokenizer.json: the vocabulary gives \"ab\" the id 7, but with 7 tokens the ids must be 0 to 6",
                "\"ab\": 3  | \"ab\": -3 | the id -3",
                "\"ab\": 3  | \"ab\": 3.5 | m/tokenizer.json: model: vocab: ab is 3.5, expected a whole number",
                "\"ab\": 3  | \"ab\": 3, \"ab\": 3 | Duplicate field 'ab'",
                "\"ab\": 3  | \"abc\": 3 | m/tokenizer.json: model: merge 1, \"a b\", needs the token \"ab\", which is not in the vocabulary",
                "\"a b\"  | \"a b c\" | model.merges[0] must be two tokens with one space between, found \"a b c\"",
                "\"a b\"  | 7 | model.merges[0] must be \"a b\" or [\"a\", \"b\"], found 7",
                "\"a b\"  | [\"a\"] | model.merges[0] must be \"a b\" or [\"a\", \"b\"], found [\"a\"]",
                "\"merges\":  | \"dropout\": 0.1, \"merges\": | m/tokenizer.json: model: dropout is 0.1, expected null",
                "\"merges\":  | \"dropout\": false, \"merges\": | m/tokenizer.json: model: dropout is false, expected null",
                "\"merges\":  | \"dropout\": {}, \"merges\": | m/tokenizer.json: model: dropout is {}, expected null",
                "\"merges\":  | \"novelty\": 1, \"merges\": | m/tokenizer.json: model has the setting \"novelty\", which is not supported",
                "\"normalizer\": null  | \"normalizer\": {\"type\": \"Lowercase\"} | m/tokenizer.json: normalizer type \"Lowercase\" is not supported; supported are NFC, NFD, NFKC, NFKD, Prepend, Replace, Sequence, null",
                "\"pre_tokenizer\": {\"type\": \"ByteLevel\"  | \"pre_tokenizer\": {\"type\": \"Punctuation\" | pre_tokenizer type \"Punctuation\" is not supported; supported are ByteLevel, Split, Digits, Metaspace, Whitespace, WhitespaceSplit, Sequence",
                "\"add_prefix_space\": false  | \"add_prefix_space\": 1 | pre_tokenizer: add_prefix_space is 1, expected true or false",
                "\"decoder\": {\"type\": \"ByteLevel\"}  | \"decoder\": {\"type\": \"WordPiece\"} | decoder type \"WordPiece\" is not supported; supported are ByteLevel, Metaspace, Sequence of Replace, ByteFallback, Fuse and Strip, null",
                "\"decoder\": {\"type\": \"ByteLevel\"}  | \"decoder\": \"ByteLevel\" | decoder is \"ByteLevel\", expected an object {...}",
                "\"post_processor\": null  | \"post_processor\": {\"type\": \"BertProcessing\"} | post_processor type \"BertProcessing\" is not supported; supported are ByteLevel, TemplateProcessing, Sequence",
                "{\"id\": 6,  | {\"id\": 5, | the token \"<|endoftext|>\" is 6 in the vocabulary, but 5 as an added token",
                "{\"id\": 6,  | {\"id\": \"6\", | added_tokens[0]: id is \"6\", expected a whole number",
                "\"model\":  | \"mode\": | m/tokenizer.json: model is missing, expected an object {...}",
            })
    void malformedTokenizerJsonIsAnErrorThatNamesThePlace(String found, String broken, String message) {
        String json = JSON.replace(found, broken);
        assertThat(json).isNotEqualTo(JSON);

        assertThatThrownBy(() -> read(json))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    /** Constructs with another meaning in Oniguruma than in java.util.regex, or with exponential time. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "^a",
                "a$",
                "\\\\d",
                "\\\\w",
                "\\\\p{Lu}",
                "\\\\p{Han}",
                "\\\\b",
                "(?<n>a)",
                "(?:a+)+",
                "(?:a|b)*",
                "(?:a){2}",
                "[[:alpha:]]",
                "a{1,2}+",
                "(?:",
                "[a",
                "*",
                "(?<!a)b",
                "(?m:a)",
                "\\\\1"
            })
    void anUnsupportedRegexThrows(String regex) {
        String json = JSON.replace("{\"type\": \"ByteLevel\", \"add_prefix_space\": false}", """
                {"type": "Split", "pattern": {"Regex": "%s"}, "behavior": "Isolated", "invert": false}""".formatted(regex));
        assertThat(json).isNotEqualTo(JSON);

        assertThatThrownBy(() -> read(json))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("m/tokenizer.json: pre_tokenizer: pattern Regex \"")
                .hasMessageContaining("is not supported; supported are");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "decoder | {\"type\": \"Sequence\", \"decoders\": [{\"type\": \"Fuse\"}, {\"type\": \"ByteFallback\"}]} | decoder has ByteFallback where it is not supported; supported is the order Replace, ByteFallback, Fuse, Strip",
                "decoder | {\"type\": \"Sequence\", \"decoders\": [{\"type\": \"Strip\", \"content\": \" \", \"start\": 1, \"stop\": 0}]} | must strip the beginning of the text",
                "decoder | {\"type\": \"Sequence\", \"decoders\": [{\"type\": \"CTC\"}]} | decoders[0] type \"CTC\" is not supported",
                "normalizer | {\"type\": \"Replace\", \"pattern\": {\"Regex\": \" \"}, \"content\": \"\"} | pattern has the setting \"Regex\", which is not supported; supported are String",
                "normalizer | {\"type\": \"Replace\", \"pattern\": {\"String\": \"\"}, \"content\": \"\"} | pattern String is empty",
                "normalizer | {\"type\": \"Prepend\"} | normalizer: prepend is missing, expected a string",
                "pre_tokenizer | {\"type\": \"Metaspace\", \"prepend_scheme\": \"last\"} | prepend_scheme is \"last\", expected one of always, first, never",
                "pre_tokenizer | {\"type\": \"Metaspace\", \"replacement\": \"__\"} | replacement is \"__\", expected one character",
                "pre_tokenizer | {\"type\": \"Metaspace\", \"add_prefix_space\": false} | has add_prefix_space false, but its prepend_scheme is not",
                "pre_tokenizer | {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Whitespace\"}, {\"type\": \"Metaspace\", \"prepend_scheme\": \"first\"}]} | supported only in the first pre-tokenizer of a sequence",
                "pre_tokenizer | {\"type\": \"Split\", \"pattern\": {\"String\": \"a\"}, \"behavior\": \"Odd\"} | behavior is \"Odd\", expected one of Contiguous, Isolated, MergedWithNext, MergedWithPrevious, Removed",
            })
    void unsupportedComponentsAreNamed(String part, String json, String message) {
        String whole = JSON.replace("\"" + part + "\": ", "\"" + part + "\": " + json + ", \"was\": ");
        assertThat(whole).isNotEqualTo(JSON);

        assertThatThrownBy(() -> read(whole))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "null", "[]", "\0", "{}", "{} {}", "\uFEFF{}"})
    void otherContentThrows(String content) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("m/tokenizer.json")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aTruncatedFileThrowsWhereverItEnds() {
        for (int length = 0; length < JSON.stripTrailing().length(); length++) {
            String cut = JSON.substring(0, length);

            assertThatThrownBy(() -> read(cut)).isInstanceOf(TouchstoneException.class);
        }
    }

    @Test
    void aMalformedLineOfMergesIsNamed() {
        assertThatThrownBy(() -> read(Map.of("vocab.json", VOCAB, "merges.txt", "#version: 0.2\na b\n\n# #\n")))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("m/merges.txt line 3 must be two tokens with one space between, found \"\"");
    }

    private static void expectIds(Tokenizer tokenizer) {
        assertThat(tokenizer.vocabularySize()).isEqualTo(7);
        assertThat(tokenizer.encode("ab###a<|endoftext|>")).containsExactly(3, 4, 2, 0, 6);
        assertThat(tokenizer.decode(3, 4, 5, 6)).isEqualTo("ab###a<|endoftext|>");
    }

    private static Tokenizer read(String json) {
        return read(Map.of("tokenizer.json", json));
    }

    private static Tokenizer read(Map<String, String> files) {
        Map<String, byte[]> bytes = new HashMap<>();
        files.forEach((name, content) -> bytes.put(name, content.getBytes(StandardCharsets.UTF_8)));
        return TokenizerFiles.read("m", name -> Optional.ofNullable(bytes.get(name)));
    }
}
