package dev.touchstone.tokenizer;

import static dev.touchstone.tokenizer.TinyTokenizers.component;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Random tokenizers with a small vocabulary: normalizers, pre-tokenizers, decoders and post-processors of all types, in any
 * order, and a model of any type. Settings with which the library panics are left out.
 */
final class RandomTokenizer {
    private static final List<String> CHARACTERS = List.of(
            "a", "b", "c", "A", "B", "s", "é", "e", "\u0301", "中", "国", "ab", "abc", "1", "2", "12", ".", "?", "!", "'",
            "-", "_", " ", "▁", "▁a", "Ġ", "Ġa", "Ã", "©", "ä", "Â", "Ċ", "\n", "ж", "😀", "カ", "ァ", "ー", "i", "İ", "ß",
            "ﬁ", "<0x61>", "<0xC3>", "<0xA9>", "<0xE4>", "<0xFF>", "##a", "##b", "##ab", "</w>", "a</w>", "b</w>",
            "ab</w>", "n't");
    private static final List<String> REGEXES = List.of(
            "\\s+",
            "\\p{L}+",
            "\\d",
            "[ab]+",
            "(?i:'s|'t)",
            "\\s+(?!\\S)|\\s+",
            "[^\\s\\p{L}]+",
            "a|b*",
            "▁",
            "(?<=a)b",
            "\\b",
            "^a",
            "[\\p{M}\\p{P}]",
            " {2,}",
            ".");
    private static final List<String> TEXTS = List.of(
            "a",
            "b",
            "c",
            "A",
            "B",
            "ab",
            "abc",
            "s",
            " ",
            "  ",
            "\n",
            "\t",
            "1",
            "12",
            "½",
            "é",
            "e\u0301",
            "\u0301",
            "中",
            "国",
            "カ",
            "ァー",
            "ж",
            "ß",
            "İ",
            "ﬁ",
            "ǅ",
            ".",
            "?",
            "!",
            "'s",
            "'",
            "-",
            "_",
            "▁",
            "Ġ",
            "<0x61>",
            "</w>",
            "##",
            "n't",
            "😀",
            "\u200D",
            "\u3000",
            "\u00AD",
            "\uFFFD",
            "\0",
            "\r\n",
            "가",
            "\u1100\u1161",
            "<s>",
            "[X]",
            "ab c",
            "Ab",
            "xyz",
            "ｱ",
            "\u0323",
            "ö\u0323");

    private final RandomGenerator random;
    private final Set<String> vocabulary = new LinkedHashSet<>();
    private final Set<String> added = new HashSet<>();

    RandomTokenizer(RandomGenerator random) {
        this.random = random;
    }

    /** A text, often with characters and added tokens that the tokenizer has. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(14); n > 0; n--) {
            text.append(any(TEXTS));
        }
        return text.toString();
    }

    /**
     * Random ids, some beyond the vocabulary. Without added tokens that the normalizer changes: the tests' older library
     * decodes them as they were before.
     */
    int[] ids(Tokenizer tokenizer) {
        List<String> tokens = List.copyOf(vocabulary); // an added token may have the id of one of them
        return IntStream.generate(() -> random.nextInt(tokenizer.vocabularySize() + 2))
                .limit(random.nextInt(9))
                .filter(id -> added.contains(tokenizer.token(id))
                        || id < tokens.size() && tokens.get(id).equals(tokenizer.token(id)))
                .toArray();
    }

    /** Whether the normalizer makes two added tokens equal. */
    boolean hasAmbiguousTokens(Tokenizer tokenizer) {
        List<String> found = IntStream.range(0, tokenizer.vocabularySize())
                .filter(id -> id >= vocabulary.size() || added.contains(tokenizer.token(id)))
                .mapToObj(tokenizer::token)
                .toList();
        return new HashSet<>(found).size() < found.size();
    }

    /** The tokenizer.json. */
    Map<String, Object> json() {
        Map<String, Object> whole = new LinkedHashMap<>();
        vocabulary.add("<unk>");
        CHARACTERS.stream().filter(token -> random.nextInt(4) > 0).forEach(vocabulary::add);
        if (random.nextInt(3) == 0) {
            Gpt2.IDS.keySet().stream().limit(256).forEach(vocabulary::add);
        }
        whole.put("model", model());
        whole.put("normalizer", random.nextInt(4) == 0 ? null : normalizer(2));
        whole.put("pre_tokenizer", random.nextInt(4) == 0 ? null : preTokenizer(2));
        whole.put("decoder", random.nextInt(6) == 0 ? null : decoder(2));
        whole.put("post_processor", random.nextInt(3) == 0 ? null : postProcessor(1));
        whole.put("added_tokens", added());
        return whole;
    }

    private List<Map<String, Object>> added() {
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (String content : List.of("<s>", "[X]", "ab c", "Ab", "xyz", "中国")) {
            if (random.nextInt(3) == 0) {
                List<String> flags = new ArrayList<>();
                for (String flag : List.of("special", "single_word", "lstrip", "rstrip", "normalized")) {
                    if (random.nextInt(4) == 0) {
                        flags.add(flag);
                    }
                }
                tokens.add(TinyTokenizers.added(100 + tokens.size(), content, flags.toArray(String[]::new)));
                added.add(content);
            }
        }
        return tokens;
    }

    private Map<String, Object> normalizer(int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 13)) {
            case 0 -> component(any(List.of("NFC", "NFD", "NFKC", "NFKD")));
            case 1 -> component("Lowercase");
            case 2 -> component("Strip", "strip_left", random.nextBoolean(), "strip_right", random.nextBoolean());
            case 3 -> component("StripAccents");
            case 4 -> component("Nmt");
            case 5 ->
                component(
                        "BertNormalizer",
                        "clean_text",
                        random.nextBoolean(),
                        "handle_chinese_chars",
                        random.nextBoolean(),
                        "strip_accents",
                        any(Boolean.TRUE, Boolean.FALSE, null),
                        "lowercase",
                        random.nextBoolean());
            case 6 -> component("ByteLevel");
            case 7, 8 -> component("Prepend", "prepend", any(List.of("▁", "a", "ab")));
            case 9, 10, 11 ->
                component("Replace", "pattern", longPattern(), "content", any(List.of("▁", " ", "ab", "$0", "é")));
            case 12 -> component("Precompiled", "precompiled_charsmap", charsmap());
            default -> component("Sequence", "normalizers", list(() -> normalizer(depth - 1)));
        };
    }

    private String charsmap() {
        Map<String, String> rules = new HashMap<>();
        for (String from :
                List.of("ﬁ", "é", "e\u0301", "\u0301", "A", "Ab", "ab", "\t", "\u00AD", "中", "\r\n", "½", "\u1100")) {
            if (random.nextBoolean()) {
                rules.put(from, any(List.of("", "a", "fi", " ", "é", "abc")));
            }
        }
        rules.put("Ω", "ω");
        return Charsmap.of(rules);
    }

    private Map<String, Object> preTokenizer(int depth) {
        return switch (random.nextInt(depth > 0 ? 17 : 13)) {
            case 0 ->
                component(
                        "ByteLevel",
                        "add_prefix_space",
                        random.nextBoolean(),
                        "trim_offsets",
                        true,
                        "use_regex",
                        random.nextBoolean());
            case 1 -> component("Whitespace");
            case 2 -> component("WhitespaceSplit");
            case 3 -> component("BertPreTokenizer");
            case 4 -> component("Digits", "individual_digits", random.nextBoolean());
            case 5 -> component("Punctuation", "behavior", behavior());
            case 6 -> component("CharDelimiterSplit", "delimiter", any(List.of(" ", "a", "▁", "中")));
            case 7 -> component("FixedLength", "length", 1 + random.nextInt(4));
            case 8 -> component("UnicodeScripts");
            case 9, 10 ->
                component("Split", "pattern", pattern(), "behavior", behavior(), "invert", random.nextInt(4) == 0);
            case 11, 12 -> metaspace();
            default -> component("Sequence", "pretokenizers", list(() -> preTokenizer(depth - 1)));
        };
    }

    private String behavior() {
        return any(List.of("Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"));
    }

    private Map<String, Object> metaspace() {
        return component(
                "Metaspace",
                "replacement",
                any(List.of("▁", "a")),
                "prepend_scheme",
                any(List.of("always", "never", "first", "first")),
                "split",
                random.nextBoolean());
    }

    private Map<String, String> pattern() {
        return random.nextBoolean()
                ? Map.of("Regex", any(REGEXES))
                : Map.of("String", any(List.of(" ", "a", "ab", "▁", "", "中", ".", "\\s")));
    }

    /** One that never matches the empty text: after an insertion at the beginning the library panics. */
    private Map<String, String> longPattern() {
        while (true) {
            Map<String, String> pattern = pattern();
            if (!List.of("", "a|b*", "\\b").contains(pattern.values().iterator().next())) {
                return pattern;
            }
        }
    }

    private Map<String, Object> decoder(int depth) {
        return switch (random.nextInt(depth > 0 ? 15 : 10)) {
            case 0 -> component("ByteLevel", "add_prefix_space", true, "trim_offsets", true);
            case 1 -> metaspace();
            case 2 -> component("WordPiece", "prefix", any(List.of("##", "a", "")), "cleanup", random.nextBoolean());
            case 3 -> component("BPEDecoder", "suffix", any(List.of("</w>", "a")));
            case 4 ->
                component(
                        "CTC",
                        "pad_token",
                        any(List.of("a", "<unk>")),
                        "word_delimiter_token",
                        any(List.of("b", "▁")),
                        "cleanup",
                        random.nextBoolean());
            case 5 -> component("Replace", "pattern", pattern(), "content", any(List.of("", " ", "ab")));
            case 6 -> component("ByteFallback");
            case 7 -> component("Fuse");
            case 8, 9 ->
                component("Strip", "content", any(List.of(" ", "a", "▁")), "start", random.nextInt(3), "stop", 0);
            default -> component("Sequence", "decoders", list(() -> decoder(depth - 1)));
        };
    }

    private Map<String, Object> postProcessor(int depth) {
        return switch (random.nextInt(depth > 0 ? 5 : 4)) {
            case 0 -> component("ByteLevel", "add_prefix_space", true, "trim_offsets", random.nextBoolean());
            case 1 -> component("BertProcessing", "sep", List.of("b", 2), "cls", List.of("a", 1));
            case 2 ->
                component(
                        "RobertaProcessing",
                        "sep",
                        List.of("b", 2),
                        "cls",
                        List.of("a", 1),
                        "trim_offsets",
                        random.nextBoolean(),
                        "add_prefix_space",
                        random.nextBoolean());
            case 3 -> template(depth == 0);
            default -> component("Sequence", "processors", list(() -> postProcessor(0)));
        };
    }

    /** @param inSequence whether another may follow: with more than two items the library panics */
    private Map<String, Object> template(boolean inSequence) {
        Map<String, Object> text = Map.of("Sequence", Map.of("id", "A", "type_id", 0));
        Map<String, Object> special = Map.of("SpecialToken", Map.of("id", "<s>", "type_id", 0));
        List<Map<String, Object>> single = new ArrayList<>();
        single.add(text);
        for (int n = random.nextInt(inSequence ? 2 : 4); n > 0; n--) {
            single.add(random.nextInt(single.size() + 1), random.nextInt(4) == 0 ? text : special);
        }
        return component(
                "TemplateProcessing",
                "single",
                single,
                "pair",
                List.of(text, Map.of("Sequence", Map.of("id", "B", "type_id", 1))),
                "special_tokens",
                Map.of("<s>", Map.of("id", "<s>", "ids", List.of(3, 4), "tokens", List.of("x", "y"))));
    }

    private Map<String, Object> model() {
        return switch (random.nextInt(5)) {
            case 0 -> component("WordLevel", "vocab", ids(), "unk_token", "<unk>");
            case 1 ->
                component(
                        "WordPiece",
                        "vocab",
                        ids(),
                        "unk_token",
                        "<unk>",
                        "continuing_subword_prefix",
                        any(List.of("##", "", "▁")),
                        "max_input_chars_per_word",
                        any(List.of("100", "3")).equals("3") ? 3 : 100);
            case 2 -> unigram();
            default -> bpe();
        };
    }

    private Map<String, Object> unigram() {
        List<List<Object>> tokens = new ArrayList<>();
        vocabulary.forEach(token -> tokens.add(List.of(token, -random.nextInt(8) / 2.0)));
        return component("Unigram", "vocab", tokens, "unk_id", 0, "byte_fallback", random.nextBoolean());
    }

    private Map<String, Object> bpe() {
        String prefix = any("", "", null, "##");
        String suffix = any("", "", null, "</w>");
        List<List<String>> merges = new ArrayList<>();
        List<String> tokens = new ArrayList<>(vocabulary);
        for (int n = random.nextInt(25); n > 0; n--) {
            String left = any(tokens);
            String right = any(tokens);
            String product =
                    left + (prefix != null && right.startsWith(prefix) ? right.substring(prefix.length()) : right);
            boolean cut = prefix == null || right.startsWith(prefix);
            if (cut && !tokens.contains(product) || cut && random.nextInt(4) == 0) {
                if (!tokens.contains(product)) {
                    tokens.add(product);
                    vocabulary.add(product);
                }
                merges.add(random.nextInt(merges.size() + 1), List.of(left, right));
            }
        }
        return component(
                "BPE",
                "vocab",
                ids(),
                "merges",
                merges,
                "unk_token",
                any("<unk>", null),
                "fuse_unk",
                random.nextBoolean(),
                "byte_fallback",
                random.nextBoolean(),
                "ignore_merges",
                random.nextInt(4) == 0,
                "dropout",
                any(0.0, null),
                "continuing_subword_prefix",
                prefix,
                "end_of_word_suffix",
                suffix);
    }

    private Map<String, Integer> ids() {
        return TinyTokenizers.vocabulary(vocabulary);
    }

    private List<Map<String, Object>> list(Supplier<Map<String, Object>> item) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            list.add(item.get());
        }
        return list;
    }

    private <T> T any(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    @SafeVarargs
    private <T> T any(T... items) {
        return items[random.nextInt(items.length)];
    }
}
