package dev.touchstone.checkpoint.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each component of a tokenizer.json by itself, on short texts, with the results of Hugging Face's tokenizers 0.22. */
class ComponentsTest {
    private static final List<String> PIECES = List.of(
            "?",
            "a1b",
            "22",
            "ab",
            "a",
            "1",
            "b",
            " 22",
            "b ",
            " ab",
            "2",
            " ",
            "a1b ",
            "22 ",
            "a1b 22 ab",
            "_a1b",
            "_22",
            "_ab",
            "_a1b_22_ab",
            "\u0120a",
            "\u012022",
            "\u0120ab",
            "a1b\u012022\u0120ab");

    private static final List<String> TOKENS =
            List.of("?", "_a", "b", "_c", "_", "<0x41>", "<0xC3>", "<0xA9>", " a", "a");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null                                                                        | a1b 22 ab
            {'type': 'Sequence', 'pretokenizers': []}                                   | a1b 22 ab
            {'type': 'Whitespace'}                                                      | a1b/22/ab
            {'type': 'WhitespaceSplit'}                                                 | a1b/22/ab
            {'type': 'Digits', 'individual_digits': false}                              | a/1/b /22/ ab
            {'type': 'Digits', 'individual_digits': true}                               | a/1/b /2/2/ ab
            {'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'Isolated', 'invert': false} | a1b/ /22/ /ab
            {'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'Removed', 'invert': false}  | a1b/22/ab
            {'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'MergedWithPrevious', 'invert': false} | a1b /22 /ab
            {'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'MergedWithNext', 'invert': false} | a1b/ 22/ ab
            {'type': 'Split', 'pattern': {'Regex': '[0-9]'}, 'behavior': 'Contiguous', 'invert': false} | a/1/b /22/ ab
            {'type': 'Split', 'pattern': {'Regex': '[0-9]+'}, 'behavior': 'Removed', 'invert': true} | 1/22
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'always', 'split': true} | _a1b/_22/_ab
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'first', 'split': true}  | _a1b/_22/_ab
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'never', 'split': true}  | a1b/_22/_ab
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'never', 'split': true, 'add_prefix_space': false} | a1b/_22/_ab
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'always', 'split': false} | _a1b_22_ab
            {'type': 'ByteLevel', 'add_prefix_space': true, 'trim_offsets': true, 'use_regex': true} | \u0120a/1/b/\u012022/\u0120ab
            {'type': 'ByteLevel', 'add_prefix_space': false, 'trim_offsets': true, 'use_regex': false} | a1b\u012022\u0120ab
            {'type': 'Sequence', 'pretokenizers': [{'type': 'WhitespaceSplit'}, {'type': 'Digits', 'individual_digits': true}]} | a/1/b/2/2/ab
            """)
    void preTokenizersSplitAsInHuggingFace(String part, String pieces) {
        Tokenizer tokenizer = words(PIECES, "'pre_tokenizer': " + part);

        assertThat(IntStream.of(tokenizer.encode("a1b 22 ab")).mapToObj(PIECES::get))
                .containsExactly(pieces.split("/"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'type': 'NFC'}                                                 | a\u00e9\u00e9\ufb01
            {'type': 'NFD'}                                                 | ae\u0301e\u0301\ufb01
            {'type': 'NFKC'}                                                | a\u00e9\u00e9fi
            {'type': 'NFKD'}                                                | ae\u0301e\u0301fi
            {'type': 'Prepend', 'prepend': '_'}                             | _a\u00e9e\u0301\ufb01
            {'type': 'Replace', 'pattern': {'String': 'a'}, 'content': 'bc'} | bc\u00e9e\u0301\ufb01
            {'type': 'Sequence', 'normalizers': []}                         | a\u00e9e\u0301\ufb01
            {'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '_'}, {'type': 'Replace', 'pattern': {'String': '_'}, 'content': '+'}]} | +a\u00e9e\u0301\ufb01
            """)
    void normalizersChangeTextAsInHuggingFace(String part, String normalized) {
        Tokenizer tokenizer = words(List.of("?", normalized), "'normalizer': " + part);

        assertThat(tokenizer.encode("a\u00e9e\u0301\ufb01")).containsExactly(1);
    }

    /** In square brackets, because CsvSource trims spaces. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null                                                                                 | [_a b _c <0x41>] | [_ _ a <0xC3> <0xA9>]
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'always', 'split': true} | [ab c<0x41>]     | [ a<0xC3><0xA9>]
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'first', 'split': true}  | [ab c<0x41>]     | [ a<0xC3><0xA9>]
            {'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'never', 'split': true}  | [ ab c<0x41>]    | [  a<0xC3><0xA9>]
            {'type': 'Sequence', 'decoders': [{'type': 'Fuse'}]}                                 | [_ab_c<0x41>]    | [__a<0xC3><0xA9>]
            {'type': 'Sequence', 'decoders': [{'type': 'Replace', 'pattern': {'String': '_'}, 'content': '-'}, {'type': 'Fuse'}]} | [-ab-c<0x41>] | [--a<0xC3><0xA9>]
            {'type': 'Sequence', 'decoders': [{'type': 'ByteFallback'}, {'type': 'Fuse'}, {'type': 'Strip', 'content': '_', 'start': 1, 'stop': 0}]} | [ab_cA] | [_a\u00e9]
            {'type': 'Sequence', 'decoders': [{'type': 'Fuse'}, {'type': 'Strip', 'content': '_', 'start': 0, 'stop': 0}]} | [_ab_c<0x41>] | [__a<0xC3><0xA9>]
            {'type': 'Sequence', 'decoders': [{'type': 'Replace', 'pattern': {'String': '_'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type': 'Fuse'}, {'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}]} | [ab cA] | [ a\u00e9]
            """)
    void decodersWriteTextAsInHuggingFace(String part, String words, String bytes) {
        Tokenizer tokenizer = words(TOKENS, "'decoder': " + part);

        assertThat("[" + tokenizer.decode(1, 2, 3, 5) + "]").isEqualTo(words);
        assertThat("[" + tokenizer.decode(4, 4, 9, 6, 7) + "]").isEqualTo(bytes);
    }

    @Test
    void aTemplateAddsTokensBeforeAndAfter() {
        String template = """
                {'type': 'TemplateProcessing', 'pair': [], 'single': [{'SpecialToken': {'id': '<s>', 'type_id': 0}},
                 {'Sequence': {'id': 'A', 'type_id': 0}}, {'SpecialToken': {'id': '</s>', 'type_id': 0}}],
                 'special_tokens': {'<s>': {'id': '<s>', 'ids': [1, 2], 'tokens': ['<s>', 'x']},
                                    '</s>': {'id': '</s>', 'ids': [3], 'tokens': ['</s>']}}}""";
        List<String> tokens = List.of("?", "<s>", "x", "</s>", "a");

        assertThat(words(tokens, "'post_processor': " + template).encode("a")).containsExactly(1, 2, 4, 3);
        assertThat(words(tokens, "'post_processor': {'type': 'Sequence', 'processors': [" + template + "]}")
                        .encode("a"))
                .containsExactly(1, 2, 4, 3);
        assertThat(words(tokens, "'post_processor': {'type': 'ByteLevel'}").encode("a"))
                .containsExactly(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ''                      | abzz\u00e9 | 3 0 0 0
            'fuse_unk': true        | abzz\u00e9 | 3 0
            'byte_fallback': true   | ab\u00e9   | 3 4 5
            'unk_token': null       | abzz\u00e9 | 3
            ''                      | bab        | 2 3
            'ignore_merges': false  | bab        | 2 3
            'ignore_merges': true   | bab        | 7
            'dropout': 0.0, 'continuing_subword_prefix': '', 'end_of_word_suffix': '' | bab | 2 3
            """)
    void aBpeHasTheOptionsOfHuggingFace(String options, String text, String ids) {
        String unknown = options.contains("unk_token") ? "" : "'unk_token': '?', ";
        Tokenizer tokenizer =
                read("""
                {%s %s 'type': 'BPE', 'merges': ['a b', 'b a'],
                 'vocab': {'?': 0, 'a': 1, 'b': 2, 'ab': 3, '<0xC3>': 4, '<0xA9>': 5, 'ba': 6, 'bab': 7}}""".formatted(unknown, options.equals("''") ? "" : options + ","), "'normalizer': null");

        assertThat(tokenizer.encode(text))
                .isEqualTo(Arrays.stream(ids.split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'decoder': {'pattern': 1}           | t/tokenizer.json: decoder: type is missing, expected a string
            'decoder': {'type': 1}              | t/tokenizer.json: decoder: type is 1, expected a string
            'decoder': {'type': 'Sequence', 'decoders': [{}]} | decoder: decoders[0]: type is missing, expected a string
            """)
    void unsupportedSettingsAreNamed(String part, String message) {
        assertThatThrownBy(() -> words(List.of("?"), part))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anUnknownWordBecomesTheUnknownToken() {
        assertThat(words(List.of("?", "a"), "'normalizer': null").encode("b")).containsExactly(0);
    }

    /** A tokenizer of whole words, with ids in their order. */
    private static Tokenizer words(List<String> tokens, String part) {
        String vocabulary = IntStream.range(0, tokens.size())
                .mapToObj(id -> "'" + tokens.get(id) + "': " + id)
                .collect(Collectors.joining(", "));
        return read("{'type': 'WordLevel', 'unk_token': '?', 'vocab': {" + vocabulary + "}}", part);
    }

    /** Single quotes stand for the double quotes of JSON. */
    private static Tokenizer read(String model, String part) {
        String json = "{'added_tokens': [], " + part + ", 'model': " + model + "}";
        byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
        return TokenizerFiles.read("t", name -> Optional.of(bytes).filter(file -> name.equals("tokenizer.json")));
    }
}
