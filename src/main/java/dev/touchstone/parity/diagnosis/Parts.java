package dev.touchstone.parity.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the parts of a model are called in its family, as far as there are taps of them.
 *
 * @param tap the one in question
 * @param inputs the tensors before it by name, or null where there is none of that name
 */
record Parts(String tap, Function<String, double[]> inputs) {
    private static final Pattern BLOCK = Pattern.compile("((?:decoder\\.)?(?:h|layers)\\.)(\\d+)(\\..*)?");
    private static final List<String> STEMS = List.of(
            "drop",
            "word_embeddings_layernorm",
            "decoder.embed_tokens + decoder.embed_positions",
            "embed_tokens",
            "embed_in");
    private static final List<String> NORMS = List.of(
            "ln_1",
            "ln_2",
            "input_layernorm",
            "post_attention_layernorm",
            "pre_feedforward_layernorm",
            "post_feedforward_layernorm",
            "self_attn_layer_norm",
            "final_layer_norm");
    private static final int MOST_LAYERS = 1000;

    /** A tap, or the sum of several, {@code a + b}; null where one is not known. */
    double[] of(String sum) {
        double[] total = null;
        for (String name : sum.split(" \\+ ")) {
            double[] term = inputs.apply(name);
            if (term == null || total != null && total.length != term.length) {
                return null;
            }
            double[] before = total == null ? new double[term.length] : total;
            total = IntStream.range(0, term.length)
                    .mapToDouble(i -> before[i] + term[i])
                    .toArray();
        }
        return total;
    }

    boolean has(String name) {
        return of(name) != null;
    }

    /** The last part of the tap's name, such as {@code c_fc}. */
    String point() {
        return tap.substring(tap.lastIndexOf('.') + 1);
    }

    /** The tap beside this one, such as {@code q_proj} beside {@code q}. */
    String beside(String point) {
        return tap.substring(0, tap.lastIndexOf('.') + 1) + point;
    }

    /** The block that the tap belongs to, such as {@code h.0}; empty outside of blocks. */
    String block() {
        Matcher block = BLOCK.matcher(tap);
        return block.matches() ? block.group(1) + block.group(2) : "";
    }

    boolean isNorm() {
        return tap.contains("ln_") || tap.contains("norm");
    }

    /** The norms of the block. */
    List<String> norms() {
        return NORMS.stream()
                .map(norm -> block() + "." + norm)
                .filter(this::has)
                .toList();
    }

    /** What attention gives back. */
    String attention() {
        return firstInBlock("attn.attention", "attn", "self_attn", "self_attention", "attention");
    }

    /** What the MLP gives back. */
    String mlp() {
        return firstInBlock("mlp", "fc2");
    }

    private String firstInBlock(String... names) {
        return Stream.of(names)
                .map(name -> block() + "." + name)
                .filter(this::has)
                .findFirst()
                .orElse(block() + "." + names[0]);
    }

    /** The residual stream before the first block, and after each. */
    List<String> streams() {
        List<String> streams = new ArrayList<>();
        STEMS.stream().filter(this::has).findFirst().ifPresent(streams::add);
        String layers = Stream.of("h.", "layers.", "decoder.layers.")
                .filter(prefix -> has(prefix + 0))
                .findFirst()
                .orElse("h.");
        for (int layer = 0; layer < MOST_LAYERS && has(layers + layer); layer++) {
            streams.add(layers + layer);
        }
        return streams;
    }

    /** The residual stream that the block reads, or the norm after the last block; empty where it is not known. */
    String stream() {
        List<String> streams = streams();
        int here = streams.indexOf(block());
        int before = (here < 0 ? streams.size() : here) - 1;
        return before < 0 ? "" : streams.get(before);
    }
}
