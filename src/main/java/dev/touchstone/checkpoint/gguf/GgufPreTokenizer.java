package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How a byte-level tokenizer splits a text before it merges. {@code tokenizer.ggml.pre} contains a name only; the patterns belonging to
 * the names are those of the Hugging Face models that the names refer to.
 *
 * @param patterns split the text one after another; none for GPT-2's pattern
 * @param numbers how digits are split
 * @param ignoresMerges whether a word that is a token is not split into others
 * @param addsBos whether a BOS token comes first unless {@code add_bos_token} says otherwise
 */
record GgufPreTokenizer(
        List<String> patterns, Numbers numbers, boolean normalizesToNfc, boolean ignoresMerges, boolean addsBos) {
    /** How digits are split. */
    enum Numbers {
        /** By the pattern only. */
        BY_PATTERN,
        /** Each digit is split off first. */
        SINGLE,
        /** Falcon: three at a time, after runs of punctuation were split off. */
        BY_THREE
    }

    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String LINES_AND_SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String OTHER = "[^\\r\\n\\p{L}\\p{N}]?";

    private static final GgufPreTokenizer GPT2 =
            new GgufPreTokenizer(List.of(), Numbers.BY_PATTERN, false, false, false);
    private static final GgufPreTokenizer GPT_NEOX =
            new GgufPreTokenizer(List.of(), Numbers.BY_PATTERN, true, false, false);
    private static final GgufPreTokenizer BLOOM =
            new GgufPreTokenizer(List.of(" ?[^(\\s|[.,!?…。，、।۔،])]+"), Numbers.BY_PATTERN, false, false, false);
    private static final GgufPreTokenizer DIGITS = new GgufPreTokenizer(List.of(), Numbers.SINGLE, false, false, false);
    private static final GgufPreTokenizer COMMAND_R =
            new GgufPreTokenizer(List.of(), Numbers.SINGLE, true, false, false);
    private static final GgufPreTokenizer FALCON =
            new GgufPreTokenizer(List.of(), Numbers.BY_THREE, false, false, false);
    private static final String CL100K =
            CONTRACTIONS + "|" + OTHER + "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + LINES_AND_SPACES;
    private static final GgufPreTokenizer DBRX =
            new GgufPreTokenizer(List.of(CL100K), Numbers.BY_PATTERN, false, false, false);
    private static final GgufPreTokenizer LLAMA3 =
            new GgufPreTokenizer(List.of(CL100K), Numbers.BY_PATTERN, false, true, true);
    private static final GgufPreTokenizer GPT_4O = new GgufPreTokenizer(
            List.of(OTHER + UPPER + "*" + LOWER + "+" + CONTRACTIONS + "?|" + OTHER + UPPER + "+" + LOWER + "*"
                    + CONTRACTIONS + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + LINES_AND_SPACES),
            Numbers.BY_PATTERN,
            false,
            false,
            false);
    private static final GgufPreTokenizer QWEN2 = new GgufPreTokenizer(
            List.of(CONTRACTIONS + "|" + OTHER + "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + LINES_AND_SPACES),
            Numbers.BY_PATTERN,
            true,
            false,
            false);
    private static final GgufPreTokenizer TEKKEN = new GgufPreTokenizer(
            List.of(OTHER + UPPER + "*" + LOWER + "+|" + OTHER + UPPER + "+" + LOWER
                    + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + LINES_AND_SPACES),
            Numbers.BY_PATTERN,
            false,
            true,
            true);

    private static final GgufPreTokenizer DEEPSEEK_V3 = new GgufPreTokenizer(
            List.of(
                    "\\p{N}{1,3}",
                    "[一-龥぀-ゟ゠-ヿ]+",
                    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                            + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|" + LINES_AND_SPACES),
            Numbers.BY_PATTERN,
            false,
            false,
            false);

    private static final Map<String, GgufPreTokenizer> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("gpt-2", GPT2),
            Map.entry("phi-2", GPT2),
            Map.entry("olmo", GPT_NEOX),
            Map.entry("mpt", GPT_NEOX),
            Map.entry("bloom", BLOOM),
            Map.entry("poro-chat", BLOOM),
            Map.entry("gpt3-finnish", BLOOM),
            Map.entry("smollm", DIGITS),
            Map.entry("starcoder", DIGITS),
            Map.entry("refact", DIGITS),
            Map.entry("llama3", LLAMA3),
            Map.entry("llama-v3", LLAMA3),
            Map.entry("llama-bpe", LLAMA3),
            Map.entry("qwen2", QWEN2),
            Map.entry("deepseek-r1-qwen", QWEN2),
            Map.entry("tekken", TEKKEN),
            Map.entry("stablelm2", QWEN2),
            Map.entry("dbrx", DBRX),
            Map.entry("gpt-4o", GPT_4O),
            Map.entry("llama4", GPT_4O),
            Map.entry("deepseek-v3", DEEPSEEK_V3),
            Map.entry("command-r", COMMAND_R),
            Map.entry("falcon", FALCON)));

    /** @param error makes the error for an unknown name from a description of what was found */
    static GgufPreTokenizer of(String name, Function<String, TouchstoneException> error) {
        GgufPreTokenizer found = BY_NAME.get(name);
        if (found == null) {
            throw error.apply(name.isEmpty() ? "is missing" : "is " + name + ", which is not supported");
        }
        return found;
    }

    /** The known names. */
    static TreeSet<String> names() {
        return new TreeSet<>(BY_NAME.keySet());
    }

    /** The component of {@code tokenizer.json}. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
        ArrayNode steps = json.putArray("pretokenizers");
        if (numbers == Numbers.SINGLE) {
            steps.addObject().put("type", "Digits").put("individual_digits", true);
        }
        if (numbers == Numbers.BY_THREE) {
            steps.addObject().put("type", "Punctuation").put("behavior", "Contiguous");
        }
        patterns.forEach(pattern -> split(steps, pattern));
        steps.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", patterns.isEmpty());
        if (numbers == Numbers.BY_THREE) {
            steps.addObject().put("type", "Digits").put("individual_digits", false);
            split(steps, "[0-9][0-9][0-9]");
        }
        return json;
    }

    private static void split(ArrayNode steps, String pattern) {
        ObjectNode split = steps.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", pattern);
        split.put("behavior", "Isolated").put("invert", false);
    }
}
