package dev.touchstone.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
             "added_tokens": [{"id": 6, "content": "<|endoftext|>", "special": true, "normalized": false,
                               "single_word": false, "lstrip": false, "rstrip": false}],
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // tokenizer_config.json | the message
                "{\"tokenizer_class\": \"BertTokenizer\"} | m/tokenizer_config.json: tokenizer_class is \"BertTokenizer\", which has rules of its own that are not supported; with \"PreTrainedTokenizerFast\" tokenizer.json is read as it is",
                "{\"tokenizer_class\": \"OwnTokenizer\", \"auto_map\": {\"AutoTokenizer\": [\"a\", null]}} | m/tokenizer_config.json: auto_map names code for the tokenizer OwnTokenizer, which is not run",
                "{\"fix_mistral_regex\": true} | m/tokenizer_config.json: fix_mistral_regex is true, expected false",
                "{\"fast_tokenizer_files\": [\"tokenizer.4.0.0.json\"]} | m/tokenizer_config.json: fast_tokenizer_files is [",
                "{\"eos_token\": {\"content\": \"x\"}} | m/tokenizer_config.json: eos_token is {\"content\":\"x\"}, expected a string, or a token with \"__type\": \"AddedToken\"",
                "{\"added_tokens_decoder\": {\"a\": {\"content\": \"x\"}}} | m/tokenizer_config.json: added_tokens_decoder: a is {\"content\":\"x\"}, expected a token under a token id"
            })
    void aSettingThatIsNotSupportedThrows(String config, String message) {
        assertThatThrownBy(() -> read(Map.of("tokenizer.json", JSON, "tokenizer_config.json", config)))
                .isInstanceOf(TouchstoneException.class)
                .message()
                .startsWith(message)
                .doesNotContain("\n");
    }

    @Test
    void aClassThatNeedsTokenizerJsonThrowsWithoutIt() {
        Map<String, String> files =
                Map.of("vocab.json", VOCAB, "merges.txt", "a b", "config.json", "{\"model_type\": \"llama\"}");

        assertThatThrownBy(() -> read(files))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("m has no tokenizer.json, which its class of tokenizer, TokenizersBackend, needs;"
                        + " copy it to the model's files");
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
                "\"type\": \"BPE\"  | \"type\": \"Bigram\" | m/tokenizer.json: model: type is \"Bigram\", which is not supported; supported are BPE, Unigram, WordPiece, WordLevel",
                "\"type\": \"BPE\"  | \"type\": \"Unigram\" | m/tokenizer.json: model: vocab is {",
                "\"version\": \"1.0\"  | \"version\": \"2.0\" | m/tokenizer.json: version is \"2.0\", expected \"1.0\"",
                "\"truncation\"  | \"novelty\" | m/tokenizer.json: novelty is null, expected no such field",
                "\"ab\": 3  | \"ab\": 2 | gives the id 2 to both",
                "\"ab\": 3  | \"ab\": 7000000 | m/tokenizer.json: the vocabulary has 7 tokens, but the id 7000000",
                "\"ab\": 3  | \"ab\": -3 | the id -3",
                "\"ab\": 3  | \"ab\": 3.5 | m/tokenizer.json: model: vocab: ab is 3.5, expected a whole number",
                "\"ab\": 3  | \"ab\": 3, \"ab\": 3 | Duplicate field 'ab'",
                "\"ab\": 3  | \"abc\": 3 | m/tokenizer.json: model: merge 1, \"a b\", needs the token \"ab\", which is not in the vocabulary",
                "\"a b\"  | \"a b c\" | model: merges[0] must be two tokens with one space between, found \"a b c\"",
                "\"a b\"  | 7 | model: merges[0] is 7, expected a string, as not all merges are pairs",
                "\"a b\"  | [\"a\"] | model: merges[0] is [\"a\"], expected a pair like the first merge",
                "\"a b\"  | [\"a\", \"b\"] | model: merges[1] is \"# #\", expected a pair like the first merge",
                "\"# #\"  | [\"#\", \"#\"] | model: merges[1] is [\"#\",\"#\"], expected a string, as not all merges are pairs",
                "\"merges\":  | \"dropout\": 0.1, \"merges\": | m/tokenizer.json: model: dropout is 0.1, expected 0: a random choice of merges is not supported",
                "\"merges\":  | \"dropout\": false, \"merges\": | m/tokenizer.json: model: dropout is false, expected a number",
                "\"merges\":  | \"dropout\": {}, \"merges\": | m/tokenizer.json: model: dropout is {}, expected a number",
                "\"add_prefix_space\": false  | \"add_prefix_space\": 1 | pre_tokenizer: add_prefix_space is 1, expected true or false",
                "\"decoder\": {\"type\": \"ByteLevel\"}  | \"decoder\": {\"type\": \"WordPiece\"} | decoder: prefix is missing, expected a string",
                "\"normalizer\": null  | \"normalizer\": {\"type\": \"Uppercase\"} | m/tokenizer.json: normalizer: type is \"Uppercase\", which is not supported; supported are NFC, NFD,",
                "\"pre_tokenizer\": {\"type\": \"ByteLevel\"  | \"pre_tokenizer\": {\"type\": \"Words\" | m/tokenizer.json: pre_tokenizer: type is \"Words\", which is not supported; supported are ByteLevel, Split,",
                "\"decoder\": {\"type\": \"ByteLevel\"}  | \"decoder\": {\"type\": \"Words\"} | m/tokenizer.json: decoder: type is \"Words\", which is not supported; supported are ByteLevel, Metaspace,",
                "\"decoder\": {\"type\": \"ByteLevel\"}  | \"decoder\": \"ByteLevel\" | decoder is \"ByteLevel\", expected an object {...}",
                "\"post_processor\": null  | \"post_processor\": {\"type\": \"Other\"} | post_processor: type is \"Other\", which is not supported; supported are ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing, Sequence",
                "\"post_processor\": null  | \"post_processor\": {\"type\": \"BertProcessing\", \"cls\": [\"a\", 1], \"sep\": \"b\"} | post_processor: sep is \"b\", expected a token and its id, such as",
                "{\"id\": 6,  | {\"id\": \"6\", | added_tokens[0]: id is \"6\", expected a whole number",
                "\"model\":  | \"mode\": | m/tokenizer.json: mode is {\"type\":\"BPE\"",
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

    @Test
    void anUnsupportedRegexIsNamed() {
        String json = JSON.replace("{\"type\": \"ByteLevel\", \"add_prefix_space\": false}", """
                {"type": "Split", "pattern": {"Regex": "(a)\\\\1"}, "behavior": "Isolated", "invert": false}""");
        assertThat(json).isNotEqualTo(JSON);

        assertThatThrownBy(() -> read(json))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("m/tokenizer.json: pre_tokenizer: pattern: the regular expression (a)\\1 cannot be used:"
                        + " backreferences \\1 are not supported, found before position 4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "decoder | {\"type\": \"Strip\", \"content\": \" \", \"start\": -1, \"stop\": 0} | decoder: start is -1, expected 0 or more",
                "decoder | {\"type\": \"Sequence\", \"decoders\": [{\"type\": \"Other\"}]} | decoder: decoders[0]: type is \"Other\"",
                "decoder | {\"type\": \"Sequence\"} | decoder: decoders is missing, expected a list",
                "normalizer | {\"type\": \"Replace\", \"pattern\": {}, \"content\": \"\"} | normalizer: pattern: String is missing, expected a string",
                "normalizer | {\"type\": \"Prepend\"} | normalizer: prepend is missing, expected a string",
                "normalizer | {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"???\"} | normalizer: precompiled_charsmap is \"???\", expected Base64",
                "normalizer | {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAB\"} | normalizer: precompiled_charsmap has 3 bytes, fewer than its first four announce",
                "pre_tokenizer | {\"type\": \"Metaspace\", \"replacement\": \"_\", \"prepend_scheme\": \"last\"} | prepend_scheme is \"last\", expected one of always, first, never",
                "pre_tokenizer | {\"type\": \"Metaspace\", \"replacement\": \"__\"} | replacement is \"__\", expected one character",
                "pre_tokenizer | {\"type\": \"Metaspace\", \"replacement\": \"_\", \"add_prefix_space\": false} | prepend_scheme is always, expected \"never\", as add_prefix_space is false",
                "pre_tokenizer | {\"type\": \"FixedLength\", \"length\": 0} | pre_tokenizer: length is 0, expected 1 or more",
                "pre_tokenizer | {\"type\": \"CharDelimiterSplit\", \"delimiter\": \"\"} | delimiter is \"\", expected one character",
                "pre_tokenizer | {\"type\": \"Split\", \"pattern\": {\"String\": \"a\"}, \"behavior\": \"Odd\", \"invert\": false} | behavior is \"Odd\", expected one of Contiguous, Isolated, MergedWithNext, MergedWithPrevious, Removed",
                "post_processor | {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {}}], \"pair\": []} | single[0]: SpecialToken: id is missing, expected a string",
                "post_processor | {\"type\": \"TemplateProcessing\", \"single\": [{\"Sequence\": {\"id\": \"B\"}}], \"pair\": []} | expected a template of the text A and special tokens",
                "post_processor | {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"x\"}}], \"pair\": [], \"special_tokens\": {}} | special_tokens: x is missing, expected an object",
            })
    void unsupportedComponentsAreNamed(String part, String json, String message) throws IOException {
        String whole = new ObjectMapper().readTree(JSON) instanceof ObjectNode tree
                ? tree.set(part, new ObjectMapper().readTree(json)).toString()
                : "";
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
