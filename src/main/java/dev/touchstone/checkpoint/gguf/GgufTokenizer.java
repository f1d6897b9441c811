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

/**
 * Writes the tokenizer files of a Hugging Face folder from the metadata of a GGUF file, {@code tokenizer.ggml.*}. Two kinds are
 * supported: byte-level BPE, {@code gpt2}, and the BPE of SentencePiece, {@code llama}.
 */
final class GgufTokenizer {
    /** The file with the vocabulary. */
    static final String FILE = "tokenizer.json";

    private static final String PREFIX = "tokenizer.ggml.";

    /** Values of {@code token_type}. */
    private static final int CONTROL = 3;

    private static final int USER_DEFINED = 4;

    /** Tokens of Phi-3 that leave the spaces after them in the text. All others remove them, which no metadata says. */
    private static final Set<String> KEEP_SPACES_IN_PHI3 = Set.of("<unk>", "<s>", "<|endoftext|>");

    private final String file;
    private final GgufArchitecture architecture;
    private final ObjectNode metadata;
    private final List<String> tokens;
    private final Map<String, Integer> ids = new LinkedHashMap<>();

    private GgufTokenizer(String file, GgufArchitecture architecture, ObjectNode metadata) {
        this.file = file;
        this.architecture = architecture;
        this.metadata = metadata;
        this.tokens = texts("tokens");
        for (String token : tokens) {
            if (ids.putIfAbsent(token, ids.size()) != null) {
                throw error("tokens", "contains " + Problems.printable(token) + " twice");
            }
        }
    }

    /** The files by name; none if the metadata has no tokenizer, then the model runs on token ids. */
    static Map<String, ObjectNode> files(String file, GgufArchitecture architecture, ObjectNode metadata) {
        String model = metadata.path(PREFIX + "model").asText("no_vocab");
        if (model.equals("no_vocab") || model.equals("none")) {
            return Map.of();
        }
        GgufTokenizer tokenizer = new GgufTokenizer(file, architecture, metadata);
        Map<String, ObjectNode> files = new LinkedHashMap<>();
        files.put(
                FILE,
                switch (model) {
                    case "gpt2" -> tokenizer.byteLevel();
                    case "llama" -> tokenizer.sentencePiece();
                    default ->
                        throw tokenizer.error("model", "is " + Problems.printable(model) + ", expected gpt2 or llama");
                });
        files.put("tokenizer_config.json", tokenizer.config());
        tokenizer.generation(files);
        return files;
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
        ArrayNode merges = model.putArray("merges");
        texts("merges").forEach(merge -> {
            String[] parts = merge.split(" ", -1);
            if (parts.length != 2) {
                throw error("merges", "contains " + Problems.printable(merge) + ", expected two tokens and a space");
            }
            merges.addArray().add(parts[0]).add(parts[1]);
        });
        return json;
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
            model.put("unk_token", token("unknown_token_id", unknown));
        }
        ArrayNode merges = model.putArray("merges");
        for (DerivedMerges.Merge merge : DerivedMerges.of(ids, gemma ? positions() : scores())) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
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
        ObjectNode special = JsonNodeFactory.instance.objectNode();
        if (bos) {
            add(single, special, "bos_token_id");
        }
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        if (eos) {
            add(single, special, "eos_token_id");
        }
        ArrayNode pair = processor.putArray("pair");
        pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        processor.set("special_tokens", special);
    }

    private void add(ArrayNode template, ObjectNode special, String name) {
        JsonNode id = metadata.path(PREFIX + name);
        String token = token(name, id);
        template.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        ObjectNode entry = special.putObject(token).put("id", token);
        entry.putArray("ids").add(id.intValue());
        entry.putArray("tokens").add(token);
    }

    private ObjectNode bpe(ObjectNode json) {
        ObjectNode model = json.putObject("model").put("type", "BPE");
        ObjectNode vocabulary = model.putObject("vocab");
        ids.forEach(vocabulary::put);
        return model;
    }

    private ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        Map<String, String> names = Map.of(
                "bos_token", "bos_token_id",
                "eos_token", "eos_token_id",
                "unk_token", "unknown_token_id",
                "pad_token", "padding_token_id");
        names.forEach((field, name) -> {
            JsonNode id = metadata.path(PREFIX + name);
            if (!id.isMissingNode()) {
                config.put(field, token(name, id));
            }
        });
        JsonNode template = metadata.path("tokenizer.chat_template");
        if (template.isTextual()) {
            config.set("chat_template", template);
        }
        return config;
    }

    /** A model may end an answer and a text with different tokens. */
    private void generation(Map<String, ObjectNode> files) {
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        ArrayNode ends = generation.putArray("eos_token_id");
        for (String name : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            JsonNode id = metadata.path(PREFIX + name);
            if (!id.isMissingNode()) {
                token(name, id); // checks the id
                ends.add(id);
            }
        }
        if (!ends.isEmpty()) {
            files.put("generation_config.json", generation);
        }
    }

    private String token(String name, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= tokens.size()) {
            throw error(name, "is " + id + ", expected an id below " + tokens.size());
        }
        return tokens.get(id.intValue());
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
        return new TouchstoneException(file + ": " + PREFIX + name + " " + problem);
    }
}
