package dev.touchstone.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The oracle: Hugging Face's library, in Rust, with the same tokenizer.json. */
public final class HuggingFace implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    public HuggingFace(String tokenizerJson) {
        // Without these two the Java binding truncates texts to 512 tokens.
        Map<String, String> whole = Map.of("truncation", "false", "padding", "false");
        try {
            tokenizer = HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(tokenizerJson.getBytes(StandardCharsets.UTF_8)), whole);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int[] encode(String text) {
        return encode(text, true);
    }

    /** Without the tokens that the post-processor adds. */
    public int[] encodeTemplated(String text) {
        return encode(text, false);
    }

    private int[] encode(String text, boolean addSpecialTokens) {
        OracleCount.TEXTS.increment();
        return Arrays.stream(tokenizer.encode(text, addSpecialTokens, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** With special tokens. */
    public String decode(int... ids) {
        OracleCount.DECODED.add(ids.length);
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    /** The ranges of a text that became tokens; for models with one token per piece. */
    public List<String> pieces(String text) {
        int[] codePoints = text.codePoints().toArray();
        OracleCount.SPLIT.add(codePoints.length);
        List<String> pieces = new ArrayList<>();
        for (CharSpan span : tokenizer.encode(text, false, false).getCharTokenSpans()) {
            pieces.add(new String(codePoints, span.getStart(), span.getEnd() - span.getStart()));
        }
        return pieces;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
