package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.ByteLevelSplit;
import dev.touchstone.tokenizer.Metaspace;
import dev.touchstone.tokenizer.PreTokenizer;
import dev.touchstone.tokenizer.RegexSplit;
import dev.touchstone.tokenizer.RegexSplit.Behavior;
import java.util.Map;

/** Reads the pre-tokenizer. */
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

    /** The pre-tokenizer of a setting: one, a list, or none. */
    static PreTokenizer read(Component whole, String name) {
        PreTokenizer all = PreTokenizer.NONE;
        for (Component part : whole.parts(name)) {
            PreTokenizer one = one(part);
            if (all != PreTokenizer.NONE && one.later() != one) {
                throw part.error(
                        "prepends a space to the first piece only, which is supported only in the first pre-tokenizer"
                                + " of a sequence");
            }
            all = all == PreTokenizer.NONE ? one : all.then(one);
        }
        return all;
    }

    private static PreTokenizer one(Component part) {
        return switch (part.type()) {
            case "Sequence" -> read(part.allow("type", "pretokenizers"), "pretokenizers");
            case "ByteLevel" -> {
                part.allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                yield new ByteLevelSplit(part.flag("add_prefix_space", true), part.flag("use_regex", true));
            }
            case "Split" -> {
                part.allow("type", "pattern", "behavior", "invert");
                Behavior behavior = part.choice("behavior", "none", BEHAVIORS);
                yield new RegexSplit(PatternReader.regex(part), behavior, part.flag("invert", false));
            }
            case "Digits" -> {
                boolean single = part.allow("type", "individual_digits").flag("individual_digits", false);
                yield new RegexSplit("\\p{N}", single ? Behavior.ISOLATED : Behavior.CONTIGUOUS, false);
            }
            case "Metaspace" -> metaspace(part);
            case "Whitespace" -> RegexSplit.keeping("\\w+|[^\\w\\s]+");
            case "WhitespaceSplit" -> RegexSplit.keeping("\\S+");
            default ->
                throw part.unsupported(
                        "ByteLevel", "Split", "Digits", "Metaspace", "Whitespace", "WhitespaceSplit", "Sequence");
        };
    }

    /** A Metaspace, which pre-tokenizers and decoders define alike. */
    static Metaspace metaspace(Component part) {
        part.allow("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
        Metaspace.Scheme scheme = part.choice("prepend_scheme", "always", SCHEMES);
        if (scheme != Metaspace.Scheme.NEVER && !part.flag("add_prefix_space", true)) {
            throw part.error("has add_prefix_space false, but its prepend_scheme is not \"never\"");
        }
        return new Metaspace(part.character("replacement", '▁') + "", scheme, part.flag("split", true));
    }
}
