package dev.touchstone.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The real GPT-2 tokenizer, from the copy of its vocabulary in jtokkit's jar: {@code r50k_base.tiktoken} has a line for each
 * of the 50,256 tokens, its bytes in Base64 and its rank. The rank is the id; ids 0 to 255 are the bytes, in the order of
 * the byte alphabet, and id 256 + m is the product of merge m. Its two parts are found as tiktoken's converters do: merge the
 * token's bytes by rank until two parts are left.
 */
public final class Gpt2 {
    public static final int END_OF_TEXT = 50256;
    private static final Map<Byte, Character> ALPHABET = alphabet();
    public static final Map<String, Integer> IDS = ids();
    public static final List<String> MERGES = merges();
    /** The folder with its tokenizer.json. */
    public static final Path FOLDER = write();

    public static final Tokenizer OURS = TokenizerFiles.read(FOLDER);
    public static final HuggingFace HUGGING_FACE = new HuggingFace(json());
    static final Encoding JTOKKIT = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);

    private Gpt2() {}

    private static Map<String, Integer> ids() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        try (InputStream file = Encodings.class.getResourceAsStream("r50k_base.tiktoken")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                String[] fields = line.split(" ");
                ids.put(spell(Base64.getDecoder().decode(fields[0])), Integer.parseInt(fields[1]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ids.put("<|endoftext|>", END_OF_TEXT);
        return ids;
    }

    /** {@code bytes_to_unicode} of GPT-2's encoder.py, independent of the code under test. */
    private static Map<Byte, Character> alphabet() {
        Map<Byte, Character> alphabet = new HashMap<>();
        int n = 0;
        for (int b = 0; b < 256; b++) {
            boolean printable = '!' <= b && b <= '~' || 0xA1 <= b && b <= 0xAC || 0xAE <= b;
            alphabet.put((byte) b, (char) (printable ? b : 256 + n++));
        }
        return alphabet;
    }

    private static String spell(byte[] bytes) {
        StringBuilder spelled = new StringBuilder();
        for (byte b : bytes) {
            spelled.append(ALPHABET.get(b));
        }
        return spelled.toString();
    }

    private static List<String> merges() {
        return IDS.keySet().stream()
                .skip(256)
                .limit(50_000)
                .map(token -> String.join(" ", lastTwo(token)))
                .toList();
    }

    private static List<String> lastTwo(String token) {
        List<String> parts = new ArrayList<>(List.of(token.split("")));
        while (parts.size() > 2) {
            int best = 0;
            int lowest = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = IDS.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
                if (rank < lowest) {
                    best = i;
                    lowest = rank;
                }
            }
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
        return parts;
    }

    /** The result of Hugging Face's converter for GPT-2's vocab.json and merges.txt. */
    static String json() {
        Map<String, Object> endOfText = Map.of(
                "id",
                END_OF_TEXT,
                "content",
                "<|endoftext|>",
                "special",
                true,
                "normalized",
                false,
                "single_word",
                false,
                "lstrip",
                false,
                "rstrip",
                false);
        Map<String, Object> byteLevel = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true);
        return toJson(Map.of(
                "version",
                "1.0",
                "added_tokens",
                List.of(endOfText),
                "pre_tokenizer",
                byteLevel,
                "post_processor",
                byteLevel,
                "decoder",
                byteLevel,
                "model",
                Map.of("type", "BPE", "vocab", IDS, "merges", MERGES)));
    }

    private static Path write() {
        Path folder = Path.of(System.getProperty("touchstone.basedir", "."), "target", "gpt2-tokenizer");
        try {
            Files.createDirectories(folder);
            return Files.writeString(folder.resolve("tokenizer.json"), json()).getParent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String toJson(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
