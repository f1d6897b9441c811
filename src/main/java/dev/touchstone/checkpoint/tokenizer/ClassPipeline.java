package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Template;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.Vocabulary;
import dev.touchstone.tokenizer.decoder.ByteFallback;
import dev.touchstone.tokenizer.decoder.ByteLevelDecoder;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.decoder.DecoderSequence;
import dev.touchstone.tokenizer.decoder.Fuse;
import dev.touchstone.tokenizer.decoder.MetaspaceDecoder;
import dev.touchstone.tokenizer.decoder.ReplaceDecoder;
import dev.touchstone.tokenizer.decoder.StripDecoder;
import dev.touchstone.tokenizer.model.Bpe;
import dev.touchstone.tokenizer.model.Merge;
import dev.touchstone.tokenizer.model.TokenModel;
import dev.touchstone.tokenizer.model.Unigram;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.normalizer.Replace;
import dev.touchstone.tokenizer.normalizer.UnicodeForm;
import dev.touchstone.tokenizer.pretokenizer.Behavior;
import dev.touchstone.tokenizer.pretokenizer.ByteLevelSplit;
import dev.touchstone.tokenizer.pretokenizer.Metaspace;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import dev.touchstone.tokenizer.pretokenizer.Split;
import dev.touchstone.tokenizer.regex.Pattern;
import dev.touchstone.tokenizer.regex.Regex;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokenizer of a class that makes its own pipeline, such as {@code GPT2Tokenizer}, on the vocabulary and the merges of
 * {@code tokenizer.json}, or of {@code vocab.json} and {@code merges.txt}.
 */
final class ClassPipeline {
    private static final String SPACE = "▁";
    private static final int UNKNOWN_OF_XGLM = 3;

    private final TokenizerSettings settings;
    private final Component whole; // null if the parts are files of their own
    private final Component vocabulary;
    private final boolean addsSpace;

    private ClassPipeline(TokenizerSettings settings, Component whole, Component vocabulary) {
        this.settings = settings;
        this.whole = whole;
        this.vocabulary = vocabulary;
        boolean usually = settings.type() == TokenizerClass.LLAMA || settings.type() == TokenizerClass.XGLM;
        this.addsSpace = settings.settings().flag("add_prefix_space", usually);
    }

    /** On the model of {@code tokenizer.json}. */
    static Tokenizer read(Component whole, TokenizerSettings settings) {
        Component model = whole.component("model");
        ClassPipeline pipeline = new ClassPipeline(settings, whole, model);
        if (settings.type() == TokenizerClass.XGLM) {
            Unigram unigram = ModelReader.unigram(model, UNKNOWN_OF_XGLM, false);
            return pipeline.of(unigram, unigram.ids());
        }
        Map<String, Integer> ids = ids(model);
        List<Merge> merges = model.has("merges") ? MergesReader.ofJson(model) : List.of();
        return pipeline.of(model.make(() -> new Bpe(ids, merges, pipeline.options())), ids);
    }

    /** On {@code vocab.json}, an object of ids by token, and {@code merges.txt}. */
    static Tokenizer read(Component vocabulary, List<Merge> merges, TokenizerSettings settings) {
        ClassPipeline pipeline = new ClassPipeline(settings, null, vocabulary);
        Map<String, Integer> ids = vocabulary.integers();
        return pipeline.of(vocabulary.make(() -> new Bpe(ids, merges, pipeline.options())), ids);
    }

    /** Ids by token; of a list, as Unigram has it, the indices. */
    private static Map<String, Integer> ids(Component model) {
        if (!model.json().path("vocab").isArray()) {
            return model.component("vocab").integers();
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        int id = 0;
        for (JsonNode token : model.json().path("vocab")) {
            ids.put(token.path(0).asText(token.asText()), id++);
        }
        return ids;
    }

    private Tokenizer of(TokenModel model, Map<String, Integer> ids) {
        Normalizer normalizer = normalizer();
        Vocabulary tokens = vocabulary.make(() -> new Vocabulary(ids, normalizer));
        String padding = whole == null ? null : TokenizerJson.padding(whole);
        tokens.add(settings.tokens().toAdd(List.of(), padding));
        if (settings.type() == TokenizerClass.QWEN2) {
            tokens.add(settings.tokens().special(padding));
        }
        Pipeline.Stages stages = new Pipeline.Stages(
                normalizer,
                preTokenizer(),
                model,
                postProcessor(tokens),
                settings.cleaned(decoder(), model instanceof Bpe),
                settings.splitSpecial());
        return vocabulary.make(() -> new Pipeline(tokens, stages));
    }

    private Bpe.Options options() {
        String unknown =
                settings.tokens().named("unk_token").map(SpecialToken::content).orElse("None");
        return switch (settings.type()) {
            case LLAMA -> new Bpe.Options(null, true, true, false, "", "");
            case GEMMA -> new Bpe.Options(unknown, true, true, false, "", "");
            default -> Bpe.Options.NONE;
        };
    }

    private Normalizer normalizer() {
        return switch (settings.type()) {
            case GPT_NEOX, QWEN2, QWEN3_5 -> new UnicodeForm(Form.NFC);
            case GEMMA -> new Replace(Pattern.literal(" "), SPACE);
            case XGLM -> {
                List<Normalizer> normalizers = new ArrayList<>();
                precompiled().map(NormalizerReader::read).ifPresent(normalizers::add);
                normalizers.add(new Replace(new Regex(" {2,}"), " "));
                yield Normalizer.sequence(normalizers);
            }
            default -> Normalizer.NONE;
        };
    }

    /** The first Precompiled among the normalizers of {@code tokenizer.json}. */
    private Optional<Component> precompiled() {
        return whole.optional("normalizer")
                .flatMap(component -> (component.type().equals("Sequence")
                                ? component.components("normalizers")
                                : List.of(component))
                        .stream()
                                .filter(normalizer -> normalizer.type().equals("Precompiled"))
                                .findFirst());
    }

    private PreTokenizer preTokenizer() {
        return switch (settings.type()) {
            case QWEN2 -> words("[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*");
            case QWEN3_5 -> words("[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*");
            case LLAMA -> {
                boolean old = settings.settings().flag("legacy", false);
                yield new Metaspace(SPACE, scheme(old ? Metaspace.Scheme.ALWAYS : Metaspace.Scheme.FIRST), false);
            }
            case GEMMA -> new Split(Pattern.literal(" "), Behavior.MERGED_WITH_PREVIOUS, false);
            case XGLM -> new Metaspace(SPACE, scheme(Metaspace.Scheme.ALWAYS), true);
            default -> new ByteLevelSplit(addsSpace, true);
        };
    }

    private PreTokenizer words(String regex) {
        String whole = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|" + regex + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        return Split.isolating(whole).then(new ByteLevelSplit(addsSpace, false));
    }

    private Metaspace.Scheme scheme(Metaspace.Scheme scheme) {
        return addsSpace ? scheme : Metaspace.Scheme.NEVER;
    }

    private Decoder decoder() {
        List<Decoder> bytes = List.of(new ReplaceDecoder(Pattern.literal(SPACE), " "), new ByteFallback(), new Fuse());
        return switch (settings.type()) {
            case LLAMA -> {
                List<Decoder> decoders = new ArrayList<>(bytes);
                if (addsSpace) {
                    decoders.add(new StripDecoder(' ', 1, 0));
                }
                yield new DecoderSequence(decoders);
            }
            case GEMMA -> new DecoderSequence(bytes);
            case XGLM -> new MetaspaceDecoder(SPACE, addsSpace);
            default -> new ByteLevelDecoder();
        };
    }

    private PostProcessor postProcessor(Vocabulary tokens) {
        boolean endFirst = settings.type() == TokenizerClass.XGLM;
        boolean ofWhole = whole != null && settings.type() != TokenizerClass.GPT_NEOX && !endFirst;
        if (ofWhole) {
            return whole.optional("post_processor")
                    .map(PostProcessorReader::read)
                    .orElse(PostProcessor.NONE);
        }
        for (String name : endFirst ? List.of("bos_token", "eos_token") : List.<String>of()) {
            if (settings.tokens().named(name).isEmpty()) {
                throw settings.settings()
                        .error(name, "a token: " + settings.type().className() + " needs it");
            }
        }
        boolean begins = whole == null && settings.settings().flag("add_bos_token", false);
        boolean ends = whole == null && settings.settings().flag("add_eos_token", false);
        List<Template.Item> items = new ArrayList<>();
        special(tokens, "eos_token", endFirst).ifPresent(items::add);
        special(tokens, "bos_token", begins).ifPresent(items::add);
        items.add(Template.Item.text(0));
        special(tokens, "eos_token", ends).ifPresent(items::add);
        return new Template(items, List.of());
    }

    private Optional<Template.Item> special(Vocabulary tokens, String name, boolean adds) {
        return settings.tokens()
                .named(name)
                .filter(token -> adds)
                .map(token -> Template.Item.special(List.of(tokens.id(token.content()))));
    }
}
