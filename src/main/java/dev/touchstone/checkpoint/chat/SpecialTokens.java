package dev.touchstone.checkpoint.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The special tokens that a template knows by name, such as {@code bos_token}: those of Hugging Face's
 * {@code AutoTokenizer.from_pretrained(...).special_tokens_map}.
 */
public final class SpecialTokens {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String MAP = "special_tokens_map.json";
    private static final String END = "<|endoftext|>";

    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /** What a class of tokenizers has unless its files say otherwise. */
    private static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "GPT2Tokenizer", Map.of("bos_token", END, "eos_token", END, "unk_token", END),
            "CodeGenTokenizer", Map.of("bos_token", END, "eos_token", END, "unk_token", END),
            "GPTNeoXTokenizer",
                    Map.of("bos_token", END, "eos_token", END, "unk_token", END, "pad_token", "<|padding|>"),
            "Qwen2Tokenizer", Map.of("eos_token", END, "unk_token", END, "pad_token", END),
            "LlamaTokenizer", Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"),
            "XGLMTokenizer",
                    Map.of(
                            "bos_token", "<s>",
                            "eos_token", "</s>",
                            "unk_token", "<unk>",
                            "sep_token", "</s>",
                            "cls_token", "<s>",
                            "pad_token", "<pad>"),
            "GemmaTokenizer",
                    Map.of(
                            "bos_token", "<bos>",
                            "eos_token", "<eos>",
                            "unk_token", "<unk>",
                            "pad_token", "<pad>",
                            "mask_token", "<mask>"));

    /** The class for a {@code model_type} whose files name none. */
    private static final Map<String, String> CLASSES = Map.of(
            "gpt2", "GPT2Tokenizer",
            "gpt_neo", "GPT2Tokenizer",
            "gptj", "GPT2Tokenizer",
            "opt", "GPT2Tokenizer",
            "phi", "GPT2Tokenizer",
            "gpt_neox", "GPTNeoXTokenizer",
            "qwen2", "Qwen2Tokenizer",
            "qwen3", "Qwen2Tokenizer",
            "gemma2", "GemmaTokenizer",
            "xglm", "XGLMTokenizer");

    private SpecialTokens() {}

    /** The special tokens of a model, by name; empty if its files name none. */
    public static Map<String, String> read(ModelFiles files) {
        JsonNode config = object(files, CONFIG);
        Map<String, String> tokens = new TreeMap<>(DEFAULTS.getOrDefault(className(files, config), Map.of()));
        put(CONFIG, config, tokens);
        putAll(CONFIG, config.path("extra_special_tokens"), tokens);
        if (config.path("added_tokens_decoder").isMissingNode()) { // else the older file is not read
            JsonNode map = object(files, MAP);
            put(MAP, map, tokens);
            putAll(MAP, map.path("extra_special_tokens"), tokens);
        }
        return tokens;
    }

    private static JsonNode object(ModelFiles files, String file) {
        return files.has(file) ? Json.object(file, files.text(file)).json() : Json.tree(Map.of());
    }

    /** Each {@code ..._token} that is a string, or a token with its settings. Null removes a default. */
    private static void put(String file, JsonNode fields, Map<String, String> tokens) {
        fields.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            boolean isToken = value.isTextual() || value.path("__type").asText().equals("AddedToken");
            if (NAMES.contains(name) && value.isNull()) {
                tokens.remove(name);
            } else if (NAMES.contains(name) || name.endsWith("_token") && (isToken || file.equals(MAP))) {
                tokens.put(name, content(file, name, value));
            }
        });
    }

    /** Tokens by names of any kind, where it is an object. A list has tokens without names. */
    private static void putAll(String file, JsonNode named, Map<String, String> tokens) {
        if (named.isObject()) {
            named.properties()
                    .forEach(field -> tokens.put(field.getKey(), content(file, field.getKey(), field.getValue())));
        }
    }

    private static String content(String file, String name, JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        if (!text.isTextual()) {
            throw new TouchstoneException(
                    file + ": " + name + " is " + token + ", expected a string or a token with content");
        }
        return text.textValue();
    }

    /** The class that {@code AutoTokenizer} chooses; empty for one without defaults. */
    private static String className(ModelFiles files, JsonNode config) {
        JsonNode model = object(files, "config.json");
        String type = model.path("model_type").asText();
        String declared = config.path("tokenizer_class")
                .asText(model.path("tokenizer_class").asText());
        if (declared.isEmpty() || type.equals("qwen2")) { // whose files often name another one
            return CLASSES.getOrDefault(type, "");
        }
        String name = declared.endsWith("Fast") ? declared.substring(0, declared.length() - 4) : declared;
        boolean isLlama = name.equals("LlamaTokenizer");
        return type.equals("mistral") || isLlama && hasByteLevel(files) ? "" : name;
    }

    /** Whether {@code tokenizer.json} works on bytes, as Llama 3's does, which the class for Llama 2 cannot do. */
    private static boolean hasByteLevel(ModelFiles files) {
        return files.has("tokenizer.json")
                && new String(files.bytes("tokenizer.json"), StandardCharsets.UTF_8)
                        .replaceAll("\\s", "")
                        .contains("\"type\":\"ByteLevel\"");
    }
}
