package dev.touchstone.zoo;

import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.Gpt2;
import dev.touchstone.tokenizer.Pipeline;
import dev.touchstone.tokenizer.PostProcessor;
import dev.touchstone.tokenizer.Template;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.Vocabulary;
import dev.touchstone.tokenizer.decoder.ByteLevelDecoder;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.model.Bpe;
import dev.touchstone.tokenizer.model.Merge;
import dev.touchstone.tokenizer.model.TokenModel;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.ByteLevelSplit;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import dev.touchstone.tokenizer.pretokenizer.Split;
import dev.touchstone.tokenizer.text.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** T: bugs in tokenizers. With most of them, decoding the ids still gives the text. */
final class TokenizerBugs {
    private static final AddedToken END = AddedToken.special("<|endoftext|>");
    private static final PreTokenizer SPELL = new ByteLevelSplit(false, false);
    private static final PreTokenizer WORDS = new ByteLevelSplit(false, true);
    private static final List<Merge> MERGES = Gpt2.MERGES.stream()
            .map(line -> line.split(" "))
            .map(pair -> new Merge(pair[0], pair[1]))
            .toList();
    private static final TokenModel BPE = new Bpe(Gpt2.IDS, MERGES);
    private static final Map<String, Integer> RANKS = new HashMap<>();

    static {
        for (int rank = 0; rank < MERGES.size(); rank++) {
            RANKS.put(MERGES.get(rank).toString(), rank);
        }
    }

    static final Tokenizer REAL = tokenizer(Normalizer.NONE, WORDS, BPE, PostProcessor.NONE, new ByteLevelDecoder());

    static final List<Bug<Tokenizer>> ALL = List.of(
            words(
                    "T1",
                    "the byte-level alphabet applied to code points instead of bytes",
                    "Jlama",
                    Split.isolating(ByteLevelSplit.GPT2)
                            .then((text, pieces) -> pieces.accept(text.map(TokenizerBugs::codePoints)))),
            words(
                    "T2",
                    "the regex applied after the byte-level alphabet",
                    "llama3.java, GPULlama3.java",
                    SPELL.then(Split.isolating(ByteLevelSplit.GPT2))),
            regex(
                    "T3",
                    "\\s is ASCII only",
                    "jtokkit#33",
                    ByteLevelSplit.GPT2
                            .replace("[^\\s", "[^ \\t-\\r")
                            .replace("\\s+", "[ \\t-\\r]+")
                            .replace("\\S", "[^ \\t-\\r]")),
            regex("T4", "\\s+(?!\\S) is missing", "many", ByteLevelSplit.GPT2.replace("|\\s+(?!\\S)", "")),
            regex(
                    "T5",
                    "the regex of Llama 3 and cl100k",
                    "Jlama",
                    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
            words("T6", "no pre-tokenizer", "Jlama", SPELL),
            words(
                    "T6",
                    "split at spaces only",
                    "",
                    Split.isolating(" ?\\S+|\\s+").then(SPELL)),
            regex(
                    "T7",
                    "\\w for \\p{L}",
                    "",
                    ByteLevelSplit.GPT2.replace(" ?\\p{L}+", " ?\\w+").replace("^\\s\\p{L}\\p{N}", "^\\s\\w\\p{N}")),
            regex(
                    "T7",
                    "only ASCII letters count as letters",
                    "",
                    ByteLevelSplit.GPT2.replace("\\p{L}", "a-zA-Z").replace(" ?a-zA-Z+", " ?[a-zA-Z]+")),
            regex(
                    "T7",
                    "\\p{Nd} for \\p{N}, so that no alternative matches \u00bd",
                    "",
                    ByteLevelSplit.GPT2.replace("?\\p{N}+", "?\\p{Nd}+")),
            regex(
                    "T8",
                    "contractions matched regardless of case",
                    "",
                    ByteLevelSplit.GPT2.replace("'s|'t|'re|'ve|'m|'ll|'d", "(?i:'s|'t|'re|'ve|'m|'ll|'d)")),
            regex("T8", "contractions not split off", "", ByteLevelSplit.GPT2.replace("'s|'t|'re|'ve|'m|'ll|'d|", "")),
            model(
                    "T9",
                    "the leftmost merge applied first, whatever its rank",
                    "many",
                    (piece, ids) -> merge(piece, false, false).forEach(ids::accept)),
            model(
                    "T9",
                    "of equal merges the rightmost applied first",
                    "many",
                    (piece, ids) -> merge(piece, true, true).forEach(ids::accept)),
            model(
                    "T10",
                    "the longest matching token instead of merges",
                    "ggml's gpt-2 example",
                    (piece, ids) -> longest(piece).forEach(ids::accept)),
            around(
                    "T11",
                    "a special token is dropped",
                    "llama3.java",
                    TokenizerChecks.IDS,
                    text -> REAL.encode(text.replace("<|endoftext|>", ""))),
            around(
                    "T11",
                    "a special token is encoded as text",
                    "llama3.java",
                    TokenizerChecks.IDS,
                    REAL::encodeOrdinary),
            new Bug<>(
                    "T11",
                    "a special token is found in ordinary text",
                    "llama3.java",
                    new Wrapped(REAL::encode, REAL::encode),
                    TokenizerChecks.ORDINARY),
            normal("T12", "the prompt is trimmed", "llama2.c#180", String::strip),
            normal("T12", "spaces at the end are trimmed", "llama2.c#180", String::stripTrailing),
            normal(
                    "T13",
                    "U+0085 and U+2028 treated as line ends and dropped",
                    "Scanner.nextLine",
                    text -> text.replaceAll("[\u0085\u2028]", "")),
            normal("T13", "the byte order mark is dropped", "", text -> text.replace("\uFEFF", "")),
            normal("T13", "the carriage return is dropped", "", text -> text.replace("\r", "")),
            normal(
                    "T13",
                    "Unicode is normalized",
                    "",
                    text -> java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFKC)),
            around(
                    "T14",
                    "a lone surrogate encoded as \"?\"",
                    "",
                    TokenizerChecks.HALF_A_PAIR,
                    text -> REAL.encode(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))),
            words(
                    "T14",
                    "UTF-16 units instead of code points",
                    "",
                    Split.isolating(ByteLevelSplit.GPT2).then((text, pieces) -> {
                        for (int i = 0; i < text.text().length(); i++) {
                            SPELL.split(new Piece(text.text().substring(i, i + 1), 0), pieces);
                        }
                    })),
            decoder(
                    "T15",
                    "each token decoded separately",
                    "llama3.java#5, java-llama.cpp#47",
                    TokenizerChecks.STREAM,
                    text -> text),
            decoder(
                    "T16",
                    "spaces before punctuation are cleaned up",
                    "helm#535",
                    TokenizerChecks.TEXT,
                    text -> text.replace(" .", ".").replace(" n't", "n't")),
            model(
                    "T17",
                    "merges that begin with # skipped as comments",
                    "tokenizers#909",
                    new Bpe(
                            Gpt2.IDS,
                            MERGES.stream()
                                    .filter(merge -> !merge.left().startsWith("#"))
                                    .toList())),
            model(
                    "T17",
                    "the first merge skipped as a header",
                    "tokenizers#909",
                    new Bpe(Gpt2.IDS, MERGES.subList(1, MERGES.size()))),
            words("T18", "a space is prepended", "Jlama", new ByteLevelSplit(true, true)),
            new Bug<>(
                    "T18",
                    "a beginning-of-text token is prepended",
                    "Jlama",
                    tokenizer(
                            Normalizer.NONE,
                            WORDS,
                            BPE,
                            new Template(
                                    List.of(Template.Item.special(List.of(Gpt2.END_OF_TEXT)), Template.Item.text(0)),
                                    List.of()),
                            new ByteLevelDecoder()),
                    TokenizerChecks.IDS),
            new Bug<>(
                    "T19",
                    "quadratic time: every pair examined again after each merge",
                    "tiktoken",
                    model(
                                    "T19",
                                    "",
                                    "",
                                    (piece, ids) -> merge(piece, true, false).forEach(ids::accept))
                            .planted(),
                    TokenizerChecks.TIME));

    private TokenizerBugs() {}

    private static Tokenizer tokenizer(
            Normalizer normalizer, PreTokenizer words, TokenModel model, PostProcessor last, Decoder decoder) {
        Vocabulary vocabulary = new Vocabulary(Gpt2.IDS, normalizer);
        vocabulary.add(List.of(END));
        return new Pipeline(vocabulary, new Pipeline.Stages(normalizer, words, model, last, decoder, false));
    }

    private static Bug<Tokenizer> words(String id, String what, String seenIn, PreTokenizer words) {
        Tokenizer bugged = tokenizer(Normalizer.NONE, words, BPE, PostProcessor.NONE, new ByteLevelDecoder());
        return new Bug<>(id, what, seenIn, bugged, TokenizerChecks.IDS);
    }

    private static Bug<Tokenizer> regex(String id, String what, String seenIn, String regex) {
        return words(id, what, seenIn, Split.isolating(regex).then(SPELL));
    }

    private static Bug<Tokenizer> model(String id, String what, String seenIn, TokenModel model) {
        Tokenizer bugged = tokenizer(Normalizer.NONE, WORDS, model, PostProcessor.NONE, new ByteLevelDecoder());
        return new Bug<>(id, what, seenIn, bugged, TokenizerChecks.IDS);
    }

    private static Bug<Tokenizer> normal(String id, String what, String seenIn, UnaryOperator<String> change) {
        Tokenizer bugged = tokenizer(text -> text.map(change), WORDS, BPE, PostProcessor.NONE, new ByteLevelDecoder());
        return new Bug<>(id, what, seenIn, bugged, TokenizerChecks.IDS);
    }

    private static Bug<Tokenizer> decoder(
            String id, String what, String seenIn, Check<Tokenizer> check, UnaryOperator<String> change) {
        Tokenizer bugged = tokenizer(Normalizer.NONE, WORDS, BPE, PostProcessor.NONE, new Decoder() {
            @Override
            public Run start() {
                return (token, out) -> out.accept(change.apply(new String(bytes(token), StandardCharsets.UTF_8)));
            }

            @Override
            public byte[] bytes(String token) {
                return new ByteLevelDecoder().bytes(token);
            }
        });
        return new Bug<>(id, what, seenIn, bugged, check);
    }

    private static Bug<Tokenizer> around(
            String id, String what, String seenIn, Check<Tokenizer> check, Wrapped.Encode encode) {
        return new Bug<>(id, what, seenIn, new Wrapped(encode, REAL::encodeOrdinary), check);
    }

    /** Encodes each code point separately, those of Latin-1 as bytes. */
    private static String codePoints(String text) {
        StringBuilder spelled = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c < 0x80) {
                SPELL.split(new Piece(Character.toString(c), 0), piece -> spelled.append(piece.text()));
            } else {
                spelled.appendCodePoint(c < 0xA1 || c == 0xAD ? c + 0x100 : c);
            }
        });
        return spelled.toString();
    }

    /** Merges one pair at a time: by rank or not; of equal pairs the last or the first. */
    private static IntStream merge(String piece, boolean byRank, boolean last) {
        List<String> parts = new ArrayList<>(Arrays.asList(piece.split("")));
        while (true) {
            int best = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                Integer rank = RANKS.get(parts.get(i) + " " + parts.get(i + 1));
                if (rank == null) {
                    continue;
                }
                int found = best < 0 ? Integer.MAX_VALUE : RANKS.get(parts.get(best) + " " + parts.get(best + 1));
                boolean better = best < 0 || byRank && (last ? rank <= found : rank < found);
                best = better ? i : best;
            }
            if (best < 0) {
                return parts.stream().mapToInt(Gpt2.IDS::get);
            }
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
    }

    private static IntStream longest(String piece) {
        List<Integer> ids = new ArrayList<>();
        for (int start = 0; start < piece.length(); ) {
            int end = piece.length();
            while (!Gpt2.IDS.containsKey(piece.substring(start, end))) {
                end--;
            }
            ids.add(Gpt2.IDS.get(piece.substring(start, end)));
            start = end;
        }
        return ids.stream().mapToInt(Integer::intValue);
    }
}
