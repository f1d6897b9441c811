package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A class of tokenizers in transformers 5.23. All but {@link #GENERIC} take the vocabulary and the merges from
 * {@code tokenizer.json} and ignore its other components.
 */
enum TokenizerClass {
    /** {@code TokenizersBackend}, before version 5 {@code PreTrainedTokenizerFast}: {@code tokenizer.json} as it is. */
    GENERIC("TokenizersBackend", Map.of()),
    GPT2("GPT2Tokenizer", Names.OF_GPT2),
    CODEGEN("CodeGenTokenizer", Names.OF_GPT2),
    GPT_NEOX("GPTNeoXTokenizer", Names.and(Names.OF_GPT2, "pad_token", "<|padding|>")),
    QWEN2("Qwen2Tokenizer", Names.OF_QWEN),
    QWEN3_5("Qwen3_5Tokenizer", Names.OF_QWEN),
    LLAMA("LlamaTokenizer", Names.OF_LLAMA),
    GEMMA(
            "GemmaTokenizer",
            Map.of(
                    "bos_token", "<bos>",
                    "eos_token", "<eos>",
                    "unk_token", "<unk>",
                    "pad_token", "<pad>",
                    "mask_token", "<mask>")),
    XGLM(
            "XGLMTokenizer",
            Names.and(
                    Names.and(Names.and(Names.OF_LLAMA, "pad_token", "<pad>"), "cls_token", "<s>"),
                    "sep_token",
                    "</s>"));

    private static final Map<String, TokenizerClass> OF_MODEL = Map.of(
            "gpt2", GPT2,
            "gpt_neo", GPT2,
            "gptj", GPT2,
            "opt", GPT2,
            "phi", GPT2,
            "gpt_neox", GPT_NEOX,
            "qwen2", QWEN2,
            "qwen3", QWEN2,
            "gemma2", GEMMA,
            "xglm", XGLM);

    private static final Set<String> OTHERS = Set.of("""
            Albert Bart Barthez Bartpho Bert BertGeneration BertJapanese Bertweet BigBird BioGpt Blenderbot \
            BlenderbotSmall ByT5 CLIP CTRL Camembert Canine Clvp CodeLlama Cohere ConvBert Cpm CpmAnt \
            DPRContextEncoder DPRQuestionEncoder DPRReader Deberta DebertaV2 Dia DistilBert Esm Esmc FNet \
            FSMT FastSpeech2Conformer Flaubert Funnel GPTNeoXJapanese GPTSw3 Herbert LED Lasr LayoutLMv2 \
            LayoutLMv3 LayoutXLM Luke Lxmert M2M100 MBart MBart50 MLuke MPNet Marian MarkupLM Mgpstr \
            MobileBert Mvp MyT5 Nllb Nougat OpenAIGPT PLBart Parakeet Pegasus Perceiver Phobert Pop2Piano \
            ProphetNet Rag Reformer RemBert RoCBert RoFormer Roberta SeamlessM4T Siglip Siglip2 Speech2Text \
            SpeechT5 Splinter SqueezeBert T5 Tapas Tipsv2 Udop VideoPrism Vits Wav2Vec2CTC \
            Wav2Vec2PhonemeCTC Whisper XLM XLMRoberta XLNet MistralCommonBackend""".split(" "));

    private final String name;
    private final Map<String, String> tokens;

    TokenizerClass(String name, Map<String, String> tokens) {
        this.name = name;
        this.tokens = tokens;
    }

    /** Its name in transformers. */
    String className() {
        return name;
    }

    /** Its special tokens by name, unless the files say otherwise. */
    Map<String, String> tokens() {
        return tokens;
    }

    /** Whether it reads {@code vocab.json} and {@code merges.txt}. */
    boolean readsVocabAndMerges() {
        return switch (this) {
            case GPT2, CODEGEN, GPT_NEOX, QWEN2 -> true;
            default -> false;
        };
    }

    /**
     * The class that {@code AutoTokenizer} chooses, except that files which name {@link #GENERIC} are believed; for the model
     * type {@code qwen2} transformers would replace it.
     */
    static TokenizerClass declared(JsonObject config, JsonObject model, BooleanSupplier isByteLevel) {
        boolean generic = declares(config, model)
                .text("tokenizer_class")
                .filter(name -> name.matches("TokenizersBackend|PreTrainedTokenizerFast"))
                .isPresent();
        return generic && !hasOwnCode(config) ? GENERIC : of(config, model, isByteLevel);
    }

    /**
     * The class that {@code AutoTokenizer} chooses.
     *
     * @param config {@code tokenizer_config.json}
     * @param model {@code config.json}
     * @param isByteLevel whether {@code tokenizer.json} has a component of this type
     */
    static TokenizerClass of(JsonObject config, JsonObject model, BooleanSupplier isByteLevel) {
        String type = model.text("model_type").orElse("");
        JsonObject file = declares(config, model);
        Optional<String> declared = file.text("tokenizer_class");
        if (declared.isEmpty()) {
            return OF_MODEL.getOrDefault(type, GENERIC);
        }
        String name = declared.get().replaceFirst("Fast$", "");
        if (hasOwnCode(config)) {
            return ofOwnCode(name, type, file);
        }
        if (type.equals("mistral") || type.equals("qwen2")) { // whose files often name another one
            return type.equals("qwen2") ? QWEN2 : GENERIC;
        }
        boolean isLlama3 = name.equals(LLAMA.name) && isByteLevel.getAsBoolean(); // not for the class of Llama 2
        return isLlama3 ? GENERIC : named(name, file);
    }

    /** The file that names the class, if one does. */
    private static JsonObject declares(JsonObject config, JsonObject model) {
        return config.text("tokenizer_class").isPresent() ? config : model;
    }

    private static boolean hasOwnCode(JsonObject config) {
        JsonNode code = config.json().path("auto_map");
        return code.isArray() || code.hasNonNull("AutoTokenizer");
    }

    /** Code that comes with a model is not run; transformers needs a class of its own in its place. */
    private static TokenizerClass ofOwnCode(String name, String type, JsonObject file) {
        TokenizerClass known = named(name, file);
        if (known == GENERIC && !isOfTransformers(name) && !OF_MODEL.containsKey(type) && !type.equals("mistral")) {
            throw new TouchstoneException(file.path() + ": auto_map names code for the tokenizer " + name
                    + ", which is not run; with \"PreTrainedTokenizerFast\" as tokenizer_class, and without auto_map,"
                    + " tokenizer.json is read as it is");
        }
        return known;
    }

    private static boolean isOfTransformers(String name) {
        return name.matches("TokenizersBackend|PythonBackend|PreTrainedTokenizer|BloomTokenizer");
    }

    /** A class that transformers lacks is replaced by the generic one. */
    private static TokenizerClass named(String name, JsonObject file) {
        for (TokenizerClass known : values()) {
            if (known.name.equals(name)) {
                return known;
            }
        }
        if (OTHERS.contains(name.replaceFirst("Tokenizer$", ""))) {
            throw new TouchstoneException(
                    file.path() + ": tokenizer_class is \"" + name + "\", which has rules of its own"
                            + " that are not supported; with \"PreTrainedTokenizerFast\" tokenizer.json is read as it is");
        }
        return GENERIC;
    }

    /** Special tokens that several classes have. */
    private static final class Names {
        private static final String END = "<|endoftext|>";
        private static final Map<String, String> OF_GPT2 = Map.of("bos_token", END, "eos_token", END, "unk_token", END);
        private static final Map<String, String> OF_QWEN = Map.of("eos_token", END, "unk_token", END, "pad_token", END);
        private static final Map<String, String> OF_LLAMA =
                Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>");

        private static Map<String, String> and(Map<String, String> tokens, String name, String token) {
            Map<String, String> more = new HashMap<>(tokens);
            more.put(name, token);
            return Map.copyOf(more);
        }
    }
}
