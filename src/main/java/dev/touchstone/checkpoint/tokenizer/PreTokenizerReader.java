package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.pretokenizer.Behavior;
import dev.touchstone.tokenizer.pretokenizer.ByteLevelSplit;
import dev.touchstone.tokenizer.pretokenizer.CharacterSplit;
import dev.touchstone.tokenizer.pretokenizer.FixedLength;
import dev.touchstone.tokenizer.pretokenizer.Metaspace;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import dev.touchstone.tokenizer.pretokenizer.Split;
import dev.touchstone.tokenizer.pretokenizer.UnicodeScripts;
import dev.touchstone.tokenizer.pretokenizer.Whitespace;
import java.util.Map;

/** Reads a pre-tokenizer. */
final class PreTokenizerReader {
    private static final Map<String, Behavior> BEHAVIORS = Map.of(
            "Isolated", Behavior.ISOLATED,
            "Removed", Behavior.REMOVED,
            "MergedWithPrevious", Behavior.MERGED_WITH_PREVIOUS,
            "MergedWithNext", Behavior.MERGED_WITH_NEXT,
            "Contiguous", Behavior.CONTIGUOUS);

    private static final Map<String, Metaspace.Scheme> SCHEMES = Map.of(
            "always", Metaspace.Scheme.ALWAYS,
            "never", Metaspace.Scheme.NEVER,
            "first", Metaspace.Scheme.FIRST);

    private PreTokenizerReader() {}

    static PreTokenizer read(Component component) {
        return switch (component.type()) {
            case "Sequence" ->
                component.components("pretokenizers").stream()
                        .map(PreTokenizerReader::read)
                        .reduce(PreTokenizer::then)
                        .orElse(PreTokenizer.NONE);
            case "ByteLevel" ->
                new ByteLevelSplit(component.flag("add_prefix_space"), component.flag("use_regex", true));
            case "Split" ->
                new Split(
                        PatternReader.read(component),
                        component.choice("behavior", "", BEHAVIORS),
                        component.flag("invert"));
            case "Metaspace" -> metaspace(component);
            case "Whitespace" -> new Whitespace();
            case "WhitespaceSplit" -> CharacterSplit.WHITE_SPACE;
            case "BertPreTokenizer" -> CharacterSplit.BERT;
            case "Digits" -> CharacterSplit.digits(component.flag("individual_digits"));
            case "Punctuation" -> CharacterSplit.punctuation(component.choice("behavior", "Isolated", BEHAVIORS));
            case "CharDelimiterSplit" -> CharacterSplit.delimiter(component.character("delimiter"));
            case "FixedLength" -> fixedLength(component);
            case "UnicodeScripts" -> new UnicodeScripts();
            default ->
                throw component.unsupported(
                        "ByteLevel",
                        "Split",
                        "Metaspace",
                        "Whitespace",
                        "WhitespaceSplit",
                        "BertPreTokenizer",
                        "Digits",
                        "Punctuation",
                        "CharDelimiterSplit",
                        "FixedLength",
                        "UnicodeScripts",
                        "Sequence");
        };
    }

    private static FixedLength fixedLength(Component component) {
        int length = component.integer("length", 5);
        if (length < 1) {
            throw component.error("length", "1 or more");
        }
        return new FixedLength(length);
    }

    /** A Metaspace, which pre-tokenizers and decoders define alike. */
    static Metaspace metaspace(Component component) {
        Metaspace.Scheme scheme = component.choice("prepend_scheme", "always", SCHEMES);
        if (scheme != Metaspace.Scheme.NEVER && !component.flag("add_prefix_space", true)) {
            throw component.error(
                    "prepend_scheme",
                    scheme.name().toLowerCase(java.util.Locale.ROOT),
                    "\"never\", as add_prefix_space is false");
        }
        return new Metaspace(
                Character.toString(component.character("replacement")), scheme, component.flag("split", true));
    }
}
