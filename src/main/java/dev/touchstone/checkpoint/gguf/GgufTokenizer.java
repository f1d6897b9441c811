package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes the {@code tokenizer.json} of a Hugging Face folder from the metadata of a GGUF file, {@code tokenizer.ggml.*}. Two kinds are
 * supported: byte-level BPE, {@code gpt2}, and the BPE of SentencePiece, {@code llama}.
 */
final class GgufTokenizer {
    /** The file with the vocabulary. */
    static final String FILE = "tokenizer.json";

    static final String PREFIX = "tokenizer.ggml.";

    /** Values of {@code token_type}. */
    private static final int CONTROL = 3;

    private static final int USER_DEFINED = 4;

    /** Tokens of Phi-3 that leave the spaces after them in the text. All others remove them, which no metadata says. */
    private static final Set<String> KEEP_SPACES_IN_PHI3 = Set.of("<unk>", "<s>", "<|endoftext|>");

    private final SpecialTokenIds special;
    private final GgufArchitecture architecture;
    private final ObjectNode metadata;
    private final List<String> tokens;
    private final Map<String, Integer> ids = new LinkedHashMap<>();

    private GgufTokenizer(SpecialTokenIds special, GgufArchitecture architecture) {
        this.special = special;
        this.architecture = architecture;
        this.metadata = special.metadata();
        this.tokens = texts("tokens");
        for (String token : tokens) {
            if (ids.putIfAbsent(token, ids.size()) != null) {
                throw error("tokens", "contains " + Problems.printable(token) + " twice");
            }
        }
    }

    /**
     * The files by name, each of which is made when it is asked for; none if the metadata has no tokenizer, then the model runs on token
     * ids.
     */
    static Map<String, Supplier<ObjectNode>> files(String file, GgufArchitecture architecture, ObjectNode metadata) {
        String model = metadata.path(PREFIX + "model").asText("no_vocab");
        if (model.equals("no_vocab") || model.equals("none")) {
            return Map.of();
        }
        SpecialTokenIds ids = new SpecialTokenIds(file, metadata);
        Map<String, Supplier<ObjectNode>> files = new LinkedHashMap<>();
        files.put(FILE, () -> new GgufTokenizer(ids, architecture).json(model));
        files.put("tokenizer_config.json", ids::config);
        if (ids.hasEnds()) {
            files.put("generation_config.json", ids::generation);
        }
        return files;
    }

    private ObjectNode json(String model) {
        return switch (model) {
            case "gpt2" -> byteLevel();
            case "llama" -> sentencePiece();
            default -> throw error("model", "is " + Problems.printable(model) + ", expected gpt2 or llama");
        };
    }

    private ObjectNode byteLevel() {
        GgufPreTokenizer pre = GgufPreTokenizer.of(
                metadata.path(PREFIX + "pre").asText(""),
                found -> error("pre", found + "; expected one of " + String.join(", ", GgufPreTokenizer.names())));
        ObjectNode json = tokenizer(pre.addsBos());
        if (pre.normalizesToNfc()) {
            json.putObject("normalizer").put("type", "NFC");
        }
        json.set("pre_tokenizer", pre.json());
        json.putObject("decoder").put("type", "ByteLevel");
        ObjectNode model = bpe(json).put("ignore_merges", pre.ignoresMerges());
        model.putPOJO("merges", texts("merges").stream().map(this::pair).toList());
        return json;
    }

    private List<String> pair(String merge) {
        int space = merge.indexOf(' ');
        if (space < 0 || merge.indexOf(' ', space + 1) >= 0) {
            throw error("merges", "contains " + Problems.printable(merge) + ", expected two tokens and a space");
        }
        return List.of(merge.substring(0, space), merge.substring(space + 1));
    }

    private ObjectNode sentencePiece() {
        boolean gemma = architecture.isGemma();
        ObjectNode json = tokenizer(true);
        boolean prefix = metadata.path(PREFIX + "add_space_prefix").asBoolean(true) && !gemma;
        ArrayNode normalizers =
                json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        if (prefix) {
            normalizers.addObject().put("type", "Prepend").put("prepend", "▁");
        }
        normalizers.add(replace(" ", "▁"));
        ArrayNode decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.add(replace("▁", " "));
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        ObjectNode model = bpe(json).put("fuse_unk", true).put("byte_fallback", true);
        JsonNode unknown = metadata.path(PREFIX + "unknown_token_id");
        if (!unknown.isMissingNode()) {
            model.put("unk_token", special.token("unknown_token_id", unknown));
        }
        List<DerivedMerges.Merge> merges = DerivedMerges.of(ids, gemma ? positions() : scores());
        model.putPOJO(
                "merges",
                merges.stream()
                        .map(merge -> List.of(merge.left(), merge.right()))
                        .toList());
        return json;
    }

    private static ObjectNode replace(String pattern, String content) {
        ObjectNode replace = JsonNodeFactory.instance.objectNode().put("type", "Replace");
        replace.putObject("pattern").put("String", pattern);
        return replace.put("content", content);
    }

    /** The parts that both kinds have: special tokens, and a BOS token in front of every text. */
    private ObjectNode tokenizer(boolean addsBosByDefault) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        ArrayNode added = json.putArray("added_tokens");
        JsonNode types = metadata.path(PREFIX + "token_type");
        for (int id = 0; id < tokens.size(); id++) {
            int type = types.path(id).asInt(1);
            if (type == CONTROL || type == USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", removesSpaces(tokens.get(id)))
                        .put("normalized", false)
                        .put("special", type == CONTROL);
            }
        }
        boolean bos = metadata.path(PREFIX + "add_bos_token").asBoolean(addsBosByDefault);
        boolean eos = metadata.path(PREFIX + "add_eos_token").asBoolean(false);
        if (bos || eos) {
            template(json.putObject("post_processor"), bos, eos);
        }
        return json;
    }

    /** Whether a special token removes the spaces after it. Phi-4 has another kind of tokenizer, which does not. */
    private boolean removesSpaces(String token) {
        boolean isPhi3 = architecture == GgufArchitecture.PHI3
                && metadata.path(PREFIX + "model").asText().equals("llama");
        return isPhi3 && !KEEP_SPACES_IN_PHI3.contains(token);
    }

    private void template(ObjectNode processor, boolean bos, boolean eos) {
        processor.put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        ObjectNode tokensOfTemplate = JsonNodeFactory.instance.objectNode();
        if (bos) {
            add(single, tokensOfTemplate, "bos_token_id");
        }
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        if (eos) {
            add(single, tokensOfTemplate, "eos_token_id");
        }
        ArrayNode pair = processor.putArray("pair");
        pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        processor.set("special_tokens", tokensOfTemplate);
    }

    private void add(ArrayNode template, ObjectNode tokensOfTemplate, String name) {
        JsonNode id = metadata.path(PREFIX + name);
        String token = special.token(name, id);
        template.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        ObjectNode entry = tokensOfTemplate.putObject(token).put("id", token);
        entry.putArray("ids").add(id.intValue());
        entry.putArray("tokens").add(token);
    }

    /** Vocabulary and merges are maps and lists of Java, because a node for each of their elements would take longer than all else. */
    private ObjectNode bpe(ObjectNode json) {
        return json.putObject("model").put("type", "BPE").putPOJO("vocab", ids);
    }

    private Map<String, Double> scores() {
        JsonNode scores = metadata.path(PREFIX + "scores");
        if (scores.size() != tokens.size()) {
            throw error("scores", "has " + scores.size() + " elements, expected " + tokens.size());
        }
        Map<String, Double> byToken = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            byToken.put(tokens.get(id), scores.get(id).doubleValue());
        }
        return byToken;
    }

    /** Gemma's scores do not give the order of its merges; the order of its tokens does. */
    private Map<String, Double> positions() {
        Map<String, Double> byToken = new HashMap<>();
        ids.forEach((token, id) -> byToken.put(token, -(double) id));
        return byToken;
    }

    private List<String> texts(String name) {
        JsonNode array = metadata.path(PREFIX + name);
        List<String> texts = new ArrayList<>();
        for (JsonNode text : array) {
            if (!text.isTextual()) {
                throw error(name, "contains " + text + ", expected strings");
            }
            texts.add(text.textValue());
        }
        if (texts.isEmpty()) {
            throw error(name, "is missing or empty");
        }
        return texts;
    }

    private TouchstoneException error(String name, String problem) {
        return special.error(name, problem);
    }
}
